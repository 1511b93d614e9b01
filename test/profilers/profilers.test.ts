import { describe, expect, it } from 'vitest';
import { rootsOf } from '../../src/lib/roots.js';
import { ProfilerName } from '../../src/model/profiler.js';
import { allProfilers, profilersFor } from '../../src/profilers/profilers.js';
import { allVariants, readGateways } from '../../src/store/gateways.js';
import { profilerSpec } from '../support/profile-target.js';

const profilers = allProfilers({ toolInstalls: '/nowhere' });

describe('allProfilers', () => {
  it('has each profiler under its name, and no other', () => {
    expect([...profilers.keys()].sort()).toEqual([...ProfilerName.options].sort());
    for (const [name, profiler] of profilers) expect(profiler.name).toBe(name);
  });

  it('says what each is in one line, and of no two the same', () => {
    const titles = [...profilers.values()].map(({ title }) => title);
    for (const title of titles) expect(title).toMatch(/^.{10,100}$/);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('profilersFor', () => {
  it('takes perf for all, and the language of the manifest', () => {
    expect(profilersFor({ native: 'none' }, 'auto')).toEqual(['perf']);
    expect(profilersFor({ native: 'pprof' }, 'auto')).toEqual(['perf', 'pprof']);
    expect(profilersFor({ native: 'py-spy' }, 'auto')).toEqual(['perf', 'py-spy']);
    expect(profilersFor({ native: 'v8' }, 'auto')).toEqual(['perf', 'cpuprofile']);
  });

  it('takes what was asked for and no other, even where it can not run', () => {
    for (const name of ProfilerName.options) expect(profilersFor({ native: 'none' }, name)).toEqual([name]);
  });

  it('knows where and by what switch Ferro serves its profiles, in all versions', async () => {
    const ferro = allVariants(await readGateways(rootsOf().gateways)).filter(({ name }) => name === 'ferro');
    expect(ferro.length).toBeGreaterThanOrEqual(3);
    for (const gateway of ferro) {
      expect(gateway).toMatchObject({
        profiler: { environment: { ENABLE_PPROF: 'true' }, pprof: { path: '/debug/pprof' } },
      });
    }
  });

  it('names no profiler for a gateway that refuses it', async () => {
    const own = ['pprof', 'cpuprofile', '0x', 'mutex', 'block'] as const;
    for (const gateway of allVariants(await readGateways(rootsOf().gateways))) {
      if (gateway.kind !== 'process') continue;
      for (const name of profilersFor(gateway.profiler, 'auto')) {
        if (!own.some((each) => each === name)) continue;
        expect(await profilers.get(name)?.unavailable(gateway.profiler), `${gateway.name} ${name}`).toBeNull();
      }
    }
    expect(await profilers.get('pprof')?.unavailable(profilerSpec())).not.toBeNull();
  });
});
