import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpuProfile } from '../../../src/profiles/formats/cpuprofile.js';
import { parsePprof } from '../../../src/profiles/formats/pprof/pprof.js';
import { parseSpeedscope } from '../../../src/profiles/formats/speedscope.js';
import { exportSpeedscope } from '../../../src/profiles/formats/speedscope-export.js';
import { anyProfile } from '../../support/profile-arbitrary.js';

const schema = JSON.parse(
  readFileSync('node_modules/speedscope/dist/release/file-format-schema.json', 'utf8'),
) as object;
const validate = new Ajv({ strict: false }).compile(schema);

describe('speedscope files', () => {
  it.each([
    [
      'a Go profile',
      () => parsePprof(gunzipSync(readFileSync('test/fixtures/profiles/go-pprof/cpu.pb.gz')), { title: 'a' }),
    ],
    [
      'bytes',
      () => parsePprof(gunzipSync(readFileSync('test/fixtures/profiles/go-pprof/allocs.pb.gz')), { title: 'b' }),
    ],
    [
      'a V8 profile',
      () => parseCpuProfile(readFileSync('test/fixtures/profiles/cpuprofile/burn.cpuprofile', 'utf8'), 'c'),
    ],
  ])("of %s are valid by speedscope's own schema", (_, profile) => {
    expect(validate(JSON.parse(exportSpeedscope(profile()))), JSON.stringify(validate.errors)).toBe(true);
  });

  it('are valid whatever the profile, and come back as it was', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const text = exportSpeedscope(profile);
        expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
        expect(parseSpeedscope(text, 'unused')).toEqual({ profiles: [{ ...profile, timeline: null }], chosen: 0 });
      }),
    );
  });

  it('the schema refuses what is none, or the tests above would say nothing', () => {
    const file = JSON.parse(exportSpeedscope(parseCpuProfile('{"nodes":[],"samples":[],"timeDeltas":[]}', 'd'))) as {
      profiles: { unit: string }[];
    };
    expect(validate(file)).toBe(true);
    Object.assign(file.profiles[0] ?? {}, { unit: 'samples' });
    expect(validate(file)).toBe(false);
  });
});
