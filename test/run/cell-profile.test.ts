import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UnavailableError } from '../../src/lib/errors.js';
import { listenersOf } from '../../src/lib/listeners.js';
import { Profile } from '../../src/model/profile.js';
import { CellRecord, type Stage } from '../../src/model/record.js';
import { fakeGateway, GATEWAY_PORT, killInWindow, runOneCell } from '../support/cell-runner.js';
import { fakeProfiler } from '../support/fake-profiler.js';
import { aScenario } from '../support/scenario.js';

function environmentOf(port: number): string[] {
  return listenersOf(port).flatMap((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'));
}

describe('a profiled cell', () => {
  it('samples the window, and keeps the profile with what it is of beside the record', async () => {
    const gateway = fakeGateway('ok', { environment: { NODE_OPTIONS: '--trace-uncaught' } });
    const { profiler, steps, targets } = fakeProfiler();
    const stages: Stage[] = [];
    let profile: Profile | null = null;
    let environment: string[] = [];
    const record = await runOneCell(gateway, aScenario({ durationS: 2.5 }), {
      profiler: 'perf',
      deps: { profiling: { profilers: new Map([['perf', profiler]]), rateHz: 199 } },
      onEvent: (event) => {
        if (event.type !== 'stage') return;
        stages.push(event.stage);
        if (event.stage === 'idle') environment = environmentOf(GATEWAY_PORT);
      },
      inspect: async (folder) => {
        const compressed = await readFile(join(folder.path, 'profile.json.gz'));
        profile = Profile.parse(JSON.parse(gunzipSync(compressed).toString()));
      },
    });
    expect(CellRecord.parse(record)).toEqual(record);
    expect(stages.slice(-2)).toEqual(['stop', 'profile']);
    expect(steps).toEqual(['launch', 'start', 'end', 'collect', 'kill']);
    expect(environment).toEqual(
      expect.arrayContaining(['FAKE_PROFILED=yes', 'NODE_OPTIONS=--trace-uncaught --no-warnings']),
    );
    expect(targets[0]).toMatchObject({ rateHz: 199, durationS: 1.5, origin: expect.stringMatching(/^http:/) });
    expect(record.profile).toEqual({ samples: 7, durationS: 2, event: 'cpu-clock', lost: 0 });
    const rate = (record.requests?.ok ?? 0) / (record.window?.measuredS ?? 1);
    expect(profile).toMatchObject({
      meta: { profiler: 'perf', subject: { label: 'fake' }, load: { vus: record.cell.vus, ratePerSec: rate } },
      stacks: [{ samples: 7 }],
    });
    // Requests of the 2 s that the profiler says it ran, not of the whole window.
    expect((profile as Profile | null)?.meta.load?.requests).toBeCloseTo(rate * 2, 6);
  });

  it.each([
    ['can not start', 'start', 'load'],
    ['captures nothing', 'end', 'load'],
    ['can not be read', 'collect', 'profile'],
  ] as const)('fails where the profiler %s, and leaves nothing of it', async (_, breaksAt, stage) => {
    const { profiler, steps } = fakeProfiler(breaksAt);
    const record = await runOneCell(fakeGateway('ok'), aScenario(), {
      profiler: 'perf',
      deps: { profiling: { profilers: new Map([['perf', profiler]]), rateHz: 99 } },
    });
    expect(record.outcome).toMatchObject({
      kind: 'failed',
      stage,
      error: `the profiler broke at ${breaksAt}`,
      hint: 'mend it',
    });
    if (breaksAt !== 'start') expect(steps.at(-1)).toBe('kill');
    expect(record.profile).toBeNull();
  });

  it('skips what is not there to be profiled, and does not fail', async () => {
    const { profiler } = fakeProfiler(
      'collect',
      new UnavailableError('no mutex profile here, because it is off', 'none'),
    );
    const record = await runOneCell(fakeGateway('ok'), aScenario(), {
      profiler: 'perf',
      deps: { profiling: { profilers: new Map([['perf', profiler]]), rateHz: 99 } },
    });
    expect(record.outcome).toEqual({
      kind: 'skipped',
      reason: 'no mutex profile here, because it is off',
      hint: 'none',
    });
  });

  it('has no profile of a gateway that crashed', async () => {
    const { profiler, steps } = fakeProfiler();
    const record = await runOneCell(fakeGateway('ok'), aScenario({ durationS: 4 }), {
      onEvent: killInWindow(GATEWAY_PORT),
      profiler: 'perf',
      deps: { profiling: { profilers: new Map([['perf', profiler]]), rateHz: 99 } },
    });
    expect(record.outcome.kind).toBe('crashed');
    expect(steps).not.toContain('collect');
    expect(record.profile).toBeNull();
  });
});
