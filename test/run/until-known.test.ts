import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../src/load/engine.js';
import type { LoadResult } from '../../src/model/load.js';
import type { Until } from '../../src/model/until.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import { type InstalledGateway, runPlan } from '../../src/run/run-plan.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { directGateway, realDependencies } from '../support/cell-runner.js';
import { machineWith } from '../support/machine-sampler.js';
import { loadOf, recordOf, runOf } from '../support/record-builder.js';
import { aScenario } from '../support/scenario.js';

const installed: InstalledGateway = { gateway: directGateway, receipt: null, installDir: '/', skip: null };

/** An engine whose rates differ by half a percent from cell to cell, whatever this machine does. */
function steadyEngine(): Engine {
  let cells = 0;
  return {
    name: 'steady',
    version: '1',
    unavailable: async () => null,
    async start({ vus }) {
      const load = loadOf({ vus, p50Us: 60_000 + 300 * (cells++ % 3), result: { wholeLoad: null } });
      return {
        pids: () => [],
        windowStarted: Promise.resolve(Date.now()),
        done: new Promise<LoadResult>((resolve) => setTimeout(resolve, 200, load)),
        stop() {},
        async kill() {},
      };
    },
  };
}

/** Three planned repeats of direct, and then as many as it takes. */
async function aRun(halfWidthShare: number, maxRepeats: number): Promise<RunFolder> {
  const until: Until = { targets: [{ metric: 'rate', halfWidthShare }], minRepeats: 3, maxRepeats };
  const parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const records = [1, 2, 3].map((repeat) => recordOf({ gateway: 'direct', vus: 3, repeat }));
  const scenario = aScenario({ vus: [3], durationS: 0.5, warmupS: 0.2, idleS: 0, recoveryS: 0, repeats: 3 });
  return RunFolder.create(parent, runOf(records, { endedAt: null, scenario, until }));
}

async function execute(folder: RunFolder, signal = new AbortController().signal, onEvent?: (event: RunEvent) => void) {
  const events: RunEvent[] = [];
  const gateways = new Map([['direct', installed]]);
  const input = {
    folder,
    gateways,
    retryInvalid: 0,
    signal,
    onEvent: (event: RunEvent) => {
      events.push(event);
      onEvent?.(event);
    },
  };
  const records = await runPlan(input, realDependencies({ engine: steadyEngine(), sampler: machineWith([]) }));
  return {
    repeats: records.map(({ cell }) => cell.repeat),
    notes: events.flatMap((event) => (event.type === 'note' ? [event.message] : [])),
  };
}

describe('a run that goes on until its figures are known', () => {
  it('ends after three repeats if that is enough', async () => {
    const { repeats, notes } = await execute(await aRun(1, 10));
    expect(repeats).toEqual([1, 2, 3]);
    expect(notes).toEqual([]);
  });

  it('repeats up to its limit, says how far it is each time, and keeps the added cells in its plan', async () => {
    const folder = await aRun(1e-6, 5);
    const { repeats, notes } = await execute(folder);
    expect(repeats).toEqual([1, 2, 3, 4, 5]);
    expect(notes).toHaveLength(3);
    expect(notes[0]).toMatch(
      /^not known yet, so 1 cell is repeated; about 2 repeats to go \(at most 5 in all\):\n {2}direct at 3 VUs: rate ± /,
    );
    expect(notes[2]).toMatch(/^not known as well as it should be, and not repeated any more:/);
    const again = await RunFolder.open(folder.path);
    expect(again.run.cells.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((repeat) => `direct-v3-r${repeat}`));
  });

  it('is resumed where it was interrupted', async () => {
    const folder = await aRun(1e-6, 5);
    const interrupted = new AbortController();
    const stop = (event: RunEvent) => {
      if (event.type === 'cell-started' && event.cell.repeat === 4) interrupted.abort(new Error('stopped'));
    };
    await expect(execute(folder, interrupted.signal, stop)).rejects.toThrow('stopped');
    const { repeats } = await execute(await RunFolder.open(folder.path));
    expect(repeats).toEqual([1, 2, 3, 4, 5]);
  });
});
