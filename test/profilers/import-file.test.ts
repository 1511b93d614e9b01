import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src/lib/errors.js';
import type { Profile } from '../../src/model/profile.js';
import { importProfile } from '../../src/profilers/import-file.js';
import { exportFolded } from '../../src/profiles/formats/folded.js';
import { exportPprof } from '../../src/profiles/formats/pprof/export.js';
import { exportSpeedscope } from '../../src/profiles/formats/speedscope.js';
import { anyProfile } from '../support/profile-arbitrary.js';
import { totalWeight } from '../support/stack-totals.js';

const FIXTURES = 'test/fixtures/profiles';
const folder = mkdtempSync(join(tmpdir(), 'gatebench-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
const file = (content: string | Uint8Array, name = 'profile.bin'): string => {
  written += 1;
  const place = join(folder, String(written));
  mkdirSync(place);
  writeFileSync(join(place, name), content);
  return join(place, name);
};

const failure = async (path: string): Promise<ExpectedError> => {
  const error = await importProfile(path).then(
    () => new Error(`${path} was read`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ExpectedError);
  return error as ExpectedError;
};

const perfScripts = readdirSync(`${FIXTURES}/perf`)
  .filter((name) => /^(spin|nginx).*\.txt(\.gz)?$/.test(name))
  .map((name): [string, string] => [`perf/${name}`, 'perf']);

describe('captures of every tool, plain and gzipped', () => {
  it.each([
    ...perfScripts,
    ['go-pprof/cpu.pb.gz', 'Go runtime/pprof'],
    ['cpuprofile/burn.cpuprofile', 'V8 CPU profiler'],
    ['0x/stacks.20679.json.gz', '0x'],
    ['py-spy/burn.folded', 'py-spy'],
    ['speedscope/threads.speedscope.json', 'by hand'],
  ])('%s', async (name, tool) => {
    const bytes = readFileSync(`${FIXTURES}/${name}`);
    const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    // Without any help from the name.
    const profile = await importProfile(file(plain));
    expect(profile.meta.tool).toContain(tool);
    expect(profile.meta.profiler).toBeNull();
    expect(totalWeight(profile)).toBeGreaterThan(0);
    expect(await importProfile(file(gzipSync(plain)))).toEqual(profile);
    expect((await importProfile(`${FIXTURES}/${name}`)).stacks).toEqual(profile.stacks);
  });

  it('is called after its file, unless it has a title of its own', async () => {
    const text = readFileSync(`${FIXTURES}/cpuprofile/burn.cpuprofile`);
    expect((await importProfile(file(text, 'portkey.cpuprofile'))).meta.title).toBe('portkey.cpuprofile');
    const pprof = readFileSync(`${FIXTURES}/go-pprof/cpu.pb.gz`);
    expect((await importProfile(file(pprof, 'ferro.pb.gz'))).meta.title).toBe('ferro');
    const threads = `${FIXTURES}/speedscope/threads.speedscope.json`;
    expect((await importProfile(threads)).meta.title).toBe('two threads');
  });
});

describe('what we wrote ourselves', () => {
  const measured = anyProfile.filter((profile) => totalWeight(profile) > 0);

  it('profile.json, plain and gzipped, comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(measured, async (profile) => {
        const text = JSON.stringify(profile);
        expect(await importProfile(file(text, 'profile.json'))).toEqual(profile);
        expect(await importProfile(file(gzipSync(text), 'profile.json.gz'))).toEqual(profile);
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, (profile: Profile) => string | Uint8Array]>([
    ['speedscope', exportSpeedscope],
    ['pprof', exportPprof],
    ['folded', exportFolded],
  ])('%s has the weights that it had', async (_, write) => {
    const profile = await importProfile(`${FIXTURES}/go-pprof/cpu.pb.gz`);
    for (const content of [write(profile), gzipSync(write(profile))]) {
      const back = await importProfile(file(content));
      expect(totalWeight(back)).toBe(totalWeight(profile));
      expect(back.stacks.length).toBe(profile.stacks.length);
    }
  });
});

describe('what can not be read', () => {
  const NEXT =
    /^gatebench reads pprof, speedscope, .*, \.cpuprofile, 0x .*, folded stacks and perf script, plain or gzipped$/;

  it('names the file, the line and what was expected', async () => {
    const path = file(`main;work 12\n${'main;rest 3\n'.repeat(20)}main;work twelve\n`);
    const { message, hint } = await failure(path);
    expect(message).toContain(
      `${path} can't be read: line 22: not a folded stack: "main;work twelve"; expected frames`,
    );
    expect(hint).toMatch(NEXT);
  });

  it('names the field of a document', async () => {
    const { message } = await failure(file('{"nodes": [{"id": 1, "callFrame": {"url": ""}}]}'));
    expect(message).toMatch(/can't be read: nodes\[0\]\.callFrame\.functionName: .*; expected a \.cpuprofile of V8/);
  });

  it('says what it found instead of a profile', async () => {
    expect((await failure(join(folder, 'none'))).message).toBe(`${join(folder, 'none')} does not exist`);
    expect((await failure(folder)).message).toBe(`${folder} is a folder`);
    expect((await failure(file(''))).message).toMatch(/ is empty$/);
    const prose = await failure(file('Dear reader,\nthis is prose.\n'));
    expect(prose.message).toMatch(/ is not a profile in a known format$/);
    expect(prose.hint).toMatch(NEXT);
  });

  it("says how to make perf's own data readable", async () => {
    const { message, hint } = await failure(file(Buffer.from('PERFILE2\x68\0\0\0\0\0\0\0', 'latin1'), 'perf.data'));
    expect(message).toMatch(/is a perf\.data file, which only perf reads$/);
    expect(hint).toMatch(/^perf script --header -i .*perf\.data > /);
  });

  it('a gzip file that broke off', async () => {
    const whole = readFileSync(`${FIXTURES}/go-pprof/cpu.pb.gz`);
    for (const length of [3, 40, whole.length - 5]) {
      expect((await failure(file(whole.subarray(0, length)))).message).toMatch(/ is truncated: /);
    }
  });

  it('a profile without samples', async () => {
    const empty = '{"nodes": [{"id": 1, "callFrame": {"functionName": "(root)"}}], "samples": [], "timeDeltas": []}';
    expect((await failure(file(empty))).message).toMatch(/ holds no samples \(read as cpuprofile\)$/);
  });

  it('a frame that our own file does not have', async () => {
    const profile = await importProfile(`${FIXTURES}/cpuprofile/burn.cpuprofile`);
    const text = JSON.stringify({ ...profile, frames: profile.frames.slice(0, 3) });
    expect((await failure(file(text))).message).toMatch(
      /stacks[[.]\d+\]?\.frames: no frame \d+; expected indices of 3 frames/,
    );
  });

  it('never fails otherwise, whatever the bytes', async () => {
    const start = fc.constantFrom(
      '{"nodes": [',
      '{"schemaVersion": 1, "meta": ',
      '\x1f\x8b\x08',
      '\n\x04\x08\x01\x10\x02',
      '',
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), async (head, tail) => {
        const path = file(Buffer.concat([Buffer.from(head, 'latin1'), tail]));
        await importProfile(path).catch((error: unknown) => expect(error).toBeInstanceOf(ExpectedError));
      }),
      { numRuns: 150 },
    );
  });
});
