import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame, Profile } from '../../../../src/model/profile.js';
import { exportPprof } from '../../../../src/profiles/formats/pprof/export.js';
import { parsePprof } from '../../../../src/profiles/formats/pprof/pprof.js';
import { blankMeta, ProfileBuilder } from '../../../../src/profiles/profile-builder.js';
import { guessKind } from '../../../../src/profiles/symbols/frame-origin.js';
import { anyProfile } from '../../../support/profile-arbitrary.js';

const CAPTURED = 'test/fixtures/profiles/go-pprof/cpu.pb.gz';

/** Stacks as text, of the fields that are asked for, each once, with what was counted. */
function countedStacks(profile: Profile, fields: readonly (keyof Frame)[]): [string, number, number][] {
  const counted = new Map<string, { samples: number; weight: number }>();
  for (const { frames: stack, samples, weight } of profile.stacks) {
    const key = JSON.stringify(stack.map((index) => fields.map((field) => profile.frames[index]?.[field])));
    const { samples: before = 0, weight: weightBefore = 0 } = counted.get(key) ?? {};
    // A count has one column: the weight.
    const count = profile.meta.unit === 'samples' ? weight : samples;
    if (count === 0 && weight === 0) continue;
    counted.set(key, { samples: before + count, weight: weightBefore + weight });
  }
  return [...counted].map(([key, { samples, weight }]) => [key, samples, weight]);
}

const throughPprof = (profile: Profile) => parsePprof(gunzipSync(gzipSync(exportPprof(profile))), { title: 'unused' });

describe('pprof files', () => {
  it('hold names, files, lines, counts, weights and what is known of the capture, whatever the kinds', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const back = throughPprof(profile);
        const fields = ['name', 'file', 'line'] as const;
        expect(countedStacks(back, fields)).toEqual(countedStacks(profile, fields));
        const { title, kind, unit, startedAt, durationS, caveats, rateHz } = profile.meta;
        expect(back.meta).toMatchObject({ title, kind, unit, startedAt, durationS, caveats });
        if (kind === 'cpu' && unit !== 'bytes' && rateHz !== null) expect(back.meta.rateHz).toBeCloseTo(rateHz, 4);
      }),
    );
  });

  it('hold modules and kinds too, where a kind shows in the name, file or module', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const frames = profile.frames
          .map((frame) => ({ ...frame, file: frame.file?.replace(/\.go$/, '.c') ?? null }))
          .map((frame) => ({ ...frame, kind: guessKind(frame) }));
        const fields = ['name', 'file', 'line', 'module', 'kind'] as const;
        const plain = { ...profile, frames };
        expect(countedStacks(throughPprof(plain), fields)).toEqual(countedStacks(plain, fields));
      }),
    );
  });

  it('keep what was inlined in its caller', () => {
    const builder = new ProfileBuilder();
    const frame = (name: string, kind: 'native' | 'inlined') =>
      builder.frame({ name, file: 'a.c', line: 3, module: 'libx.so', kind });
    builder.add([frame('main', 'native'), frame('a', 'inlined'), frame('b', 'inlined'), frame('c', 'native')], 2, 20);
    const profile = builder.build(blankMeta({ title: 'inlined', unit: 'nanoseconds' }));
    const back = parsePprof(exportPprof(profile), { title: '' });
    expect(back.frames).toEqual(profile.frames);
    expect(back.stacks).toEqual(profile.stacks);
  });

  it("take Go's profile and give the same one back", () => {
    const profile = parsePprof(gunzipSync(readFileSync(CAPTURED)), { title: 'Go' });
    expect(parsePprof(exportPprof(profile), { title: '' })).toEqual(profile);
  });
});

const hasGo = spawnSync('go', ['version']).status === 0;
if (!hasGo) process.stderr.write('SKIPPED: our pprof files read by go tool pprof: no go here\n');

describe.skipIf(!hasGo)('pprof itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatebench-pprof-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  // Go builds its tools when they are first used, which takes a minute or two.
  beforeAll(() => spawnSync('go', ['tool', 'pprof', '-top', CAPTURED]), 300_000);

  const top = (file: string): { head: string; rows: string[] } => {
    const limits = ['-nodecount=0', '-nodefraction=0'];
    const { stdout, stderr, status } = spawnSync('go', ['tool', 'pprof', '-top', ...limits, file], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const [head = '', table = ''] = stdout.split(/^\s+flat .*$/m);
    return { head, rows: table.trim().split('\n').map(figures).sort() };
  };

  it('says the same of a profile that went through the model', () => {
    const file = join(folder, 'again.pb');
    writeFileSync(file, exportPprof(parsePprof(gunzipSync(readFileSync(CAPTURED)), { title: 'Go' })));
    const { rows } = top(file);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows).toEqual(top(CAPTURED).rows);
  });

  it('shows type, time and duration', () => {
    const { head } = top(join(folder, 'again.pb'));
    expect(head).toMatch(/Type: cpu/);
    expect(head).toMatch(/Time: 2026-11-22 17:52:45 UTC/);
    expect(head).toMatch(/Duration: 4\.01s, Total samples = 3\.34s/);
  });
});

/** Flat, cumulative and name: the running sum depends on the order of equals, and Go's inlining isn't kept. */
function figures(row: string): string {
  const [flat, , , cum, , ...name] = row.replace(' (inline)', '').trim().split(/\s+/);
  return [flat, cum, ...name].join(' ');
}
