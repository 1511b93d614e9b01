import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { ExpectedError } from '../../src/lib/errors.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import { type InstalledGateway, runPlan } from '../../src/run/run-plan.js';
import type { Sampler } from '../../src/sampling/sampler.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { directGateway, realDependencies } from '../support/cell-runner.js';
import { machineWith } from '../support/machine-sampler.js';
import { recordOf, runOf } from '../support/record-builder.js';
import { aScenario } from '../support/scenario.js';

const installed: InstalledGateway = { gateway: directGateway, receipt: null, installDir: '/', skip: null };

/** A run of direct alone, at these VUs. */
async function aRun(vus: number[]): Promise<RunFolder> {
  const parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const records = vus.map((each) => recordOf({ gateway: 'direct', vus: each }));
  return RunFolder.create(parent, runOf(records, { endedAt: null, scenario: aScenario() }));
}

/** @param machine a sampler, or the shares of {@link machineWith} */
function execute(folder: RunFolder, machine: number[] | Sampler, over: { retryInvalid?: number } = {}) {
  const events: RunEvent[] = [];
  const { retryInvalid = 1 } = over;
  const input = {
    folder,
    gateways: new Map([['direct', installed]]),
    retryInvalid,
    signal: new AbortController().signal,
    onEvent: (event: RunEvent) => events.push(event),
  };
  const done = runPlan(input, realDependencies({ sampler: Array.isArray(machine) ? machineWith(machine) : machine }));
  return done.then((records) => ({
    records,
    started: events.flatMap((event) => (event.type === 'cell-started' ? [event.cell.vus] : [])),
    notes: events.flatMap((event) => (event.type === 'note' ? [event.message] : [])),
  }));
}

const otherPrograms = (record: { gates: { gate: string; verdict: string }[] } | undefined) =>
  record?.gates.find(({ gate }) => gate === 'other programs')?.verdict;

describe('a cell that is invalid for the machine’s sake', () => {
  it('is measured again after all others, and what was there before is kept', async () => {
    const folder = await aRun([3, 4]);
    const { records, started, notes } = await execute(folder, [0.4, 0]);
    expect(started).toEqual([3, 4, 3]);
    expect(notes).toEqual(['1 cell that the machine made invalid is measured again']);
    const [again, other] = records;
    expect(otherPrograms(again)).toBe('pass');
    expect(again?.earlierAttempts).toEqual([
      { startedAt: expect.any(String), reasons: [expect.stringMatching(/^other programs: they took (39|40)/)] },
    ]);
    expect(other?.earlierAttempts).toEqual([]);
    expect(deriveRun((await folder.readRecords()).records)).toEqual(records);
    const attempts = join(folder.path, 'cells', 'direct-v3-r1', 'attempts');
    for (const file of ['record.json', 'samples.jsonl', 'mock.log']) {
      expect(existsSync(join(attempts, '1', file)), file).toBe(true);
    }
    expect(folder.run.endedAt).not.toBeNull();
  });

  it('is measured as often as asked, and each attempt is kept', async () => {
    const folder = await aRun([3]);
    const { records, started } = await execute(folder, [0.4, 0.3, 0.2, 0.1], { retryInvalid: 2 });
    expect(started).toEqual([3, 3, 3]);
    expect(records[0]?.earlierAttempts).toHaveLength(2);
    expect(otherPrograms(records[0])).toBe('invalid');
    const attempts = join(folder.path, 'cells', 'direct-v3-r1', 'attempts');
    expect([1, 2, 3].map((attempt) => existsSync(join(attempts, String(attempt), 'record.json')))).toEqual([
      ...[true, true, false],
    ]);
    expect(existsSync(join(attempts, '2', 'attempts'))).toBe(false);

    // It has been measured as often as this resumed run would.
    expect((await execute(folder, [0], { retryInvalid: 2 })).started).toEqual([]);
    expect((await execute(folder, [0], { retryInvalid: 3 })).started).toEqual([3]);
  });

  it('keeps what it has where measuring it again fails', async () => {
    const folder = await aRun([3]);
    const machine = machineWith([0.4]);
    let cells = 0;
    const breaks: Sampler = {
      start(...args) {
        cells += 1;
        if (cells > 1) throw new ExpectedError('/proc/stat can not be read', 'mount it');
        return machine.start(...args);
      },
    };
    const { records, started, notes } = await execute(folder, breaks);
    expect(started).toEqual([3, 3]);
    expect(notes.at(-1)).toMatch(
      /^direct-v3-r1 failed at \w+: \/proc\/stat can not be read\n {2}its earlier record is kept$/,
    );
    expect(otherPrograms(records[0])).toBe('invalid');
    expect(records[0]?.earlierAttempts).toEqual([]);
    expect((await folder.readRecords()).records).toHaveLength(1);
    expect(existsSync(join(folder.path, 'cells', 'direct-v3-r1', 'attempts'))).toBe(false);
  });

  it('is left as it is where nobody wants it again', async () => {
    const { records, started } = await execute(await aRun([3]), [0.4], { retryInvalid: 0 });
    expect(started).toEqual([3]);
    expect(otherPrograms(records[0])).toBe('invalid');
  });
});

it('is no reason to measure again that programs took little', async () => {
  const { started } = await execute(await aRun([3]), [0.04]);
  expect(started).toEqual([3]);
});
