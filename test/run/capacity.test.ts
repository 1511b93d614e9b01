import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { capacitiesOf } from '../../src/analysis/capacity/result.js';
import type { Engine } from '../../src/load/engine.js';
import type { CapacitySearch } from '../../src/model/capacity.js';
import type { LoadResult } from '../../src/model/load.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import { type InstalledGateway, runPlan } from '../../src/run/run-plan.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { searchOf } from '../support/capacity-search.js';
import { directGateway, realDependencies } from '../support/cell-runner.js';
import { machineWith } from '../support/machine-sampler.js';
import { loadOf, recordOf, runOf } from '../support/record-builder.js';
import { aScenario } from '../support/scenario.js';

const installed: InstalledGateway = { gateway: directGateway, receipt: null, installDir: '/', skip: null };
const EDGE = 6;

/** An engine that is 1 ms fast up to 6 VUs, and then a second slow. */
function cliffEngine(): Engine {
  return {
    name: 'cliff',
    version: '1',
    unavailable: async () => null,
    async start({ vus }) {
      const load = loadOf({ vus, p50Us: vus > EDGE ? 1e6 : 1000, result: { wholeLoad: null } });
      return {
        pids: () => [],
        windowStarted: Promise.resolve(Date.now()),
        done: new Promise<LoadResult>((resolve) => setTimeout(resolve, 20, load)),
        stop() {},
        async kill() {},
      };
    },
  };
}

async function aSearch(over: Partial<CapacitySearch> = {}): Promise<RunFolder> {
  const capacity = searchOf(['p99<=100ms'], { subjects: ['direct'], from: 4, max: 16, ...over });
  const parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const planned = [recordOf({ gateway: 'direct', vus: capacity.from })];
  const scenario = aScenario({ vus: [4], durationS: 0.5, warmupS: 0.2, idleS: 0, recoveryS: 0 });
  return RunFolder.create(parent, runOf(planned, { endedAt: null, scenario, capacity }));
}

async function execute(folder: RunFolder, signal = new AbortController().signal, onEvent?: (event: RunEvent) => void) {
  const notes: string[] = [];
  const input = {
    folder,
    gateways: new Map([['direct', installed]]),
    retryInvalid: 0,
    signal,
    onEvent: (event: RunEvent) => {
      if (event.type === 'note') notes.push(event.message);
      onEvent?.(event);
    },
  };
  const records = await runPlan(input, realDependencies({ engine: cliffEngine(), sampler: machineWith([]) }));
  return { records, notes, capacity: capacitiesOf(folder.run, records)[0] };
}

const EDGES = { kind: 'edge', shape: 'cliff', lastPass: { level: 6 }, firstFail: { level: 7 } };

describe('a search for a capacity', () => {
  it('adds windows to its plan until both sides of the edge are decided, and says how far it is', async () => {
    const folder = await aSearch();
    const { capacity, notes } = await execute(folder);
    expect(capacity).toMatchObject(EDGES);
    expect(notes[0]).toMatch(/^search:\n {2}direct: 4 VUs seem to pass; next 8 VUs, at most about \d+ windows left$/);
    expect(notes.at(-1)).toBe('search:\n  direct: 6 VUs pass, 7 VUs fail; done');
    const again = await RunFolder.open(folder.path);
    expect(again.run.cells.map(({ id }) => id).slice(0, 4)).toEqual([4, 8, 6, 7].map((vus) => `direct-v${vus}-r1`));
    expect(again.run.cells.slice(4).map(({ vus }) => vus)).toEqual([6, 6, 7, 7]);
  });

  it('is resumed where it was interrupted, and finds the same', async () => {
    const folder = await aSearch();
    const interrupted = new AbortController();
    const stop = (event: RunEvent) => {
      if (event.type === 'cell-started' && event.cell.vus === 7) interrupted.abort(new Error('stopped'));
    };
    await expect(execute(folder, interrupted.signal, stop)).rejects.toThrow('stopped');
    const { capacity, records } = await execute(await RunFolder.open(folder.path));
    expect(capacity).toMatchObject(EDGES);
    expect(records).toHaveLength(8);
  });

  it('ends when it has had its windows, and says so', async () => {
    const { capacity, notes } = await execute(await aSearch({ maxWindows: 3 }));
    expect(capacity).toMatchObject({ kind: 'unfinished', windows: 3, stopped: 'it has had its 3 windows' });
    expect(notes.at(-1)).toContain('it has had its 3 windows');
  });
});
