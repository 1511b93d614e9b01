import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MACHINE_SPEED_GATE } from '../../src/analysis/machine-speed.js';
import type { Outcome } from '../../src/model/record.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import { type InstalledGateway, runPlan } from '../../src/run/run-plan.js';
import type { Calibrator } from '../../src/sampling/calibrator.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { calibrationOf } from '../support/calibrations.js';
import { directGateway, realDependencies } from '../support/cell-runner.js';
import { recordOf, runOf } from '../support/record-builder.js';
import { aScenario } from '../support/scenario.js';

const slowness = (outcome: Outcome | undefined) =>
  outcome?.kind === 'invalid' && outcome.reasons.some((reason) => reason.startsWith(MACHINE_SPEED_GATE));

it('finds a cell invalid that the machine was slow in, when it ends and in the end, and not in its record', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const planned = [2, 3, 4].map((vus) => recordOf({ gateway: 'direct', vus }));
  const scenario = aScenario({ vus: [2, 3, 4], durationS: 0.5, idleS: 0, recoveryS: 0 });
  const folder = await RunFolder.create(parent, runOf(planned, { scenario, calibration: true, endedAt: null }));
  const subject: InstalledGateway = { gateway: directGateway, receipt: null, installDir: '/', skip: null };
  let calls = 0;
  const calibrator: Calibrator = {
    // Before and after the third cell, and only for the kernel.
    calibrate: async () => calibrationOf(calls++ < 4 ? {} : { systemCall: 600 }),
  };
  const ended: (boolean | undefined)[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === 'cell-finished') ended.push(slowness(event.record.outcome));
  };
  const records = await runPlan(
    {
      folder,
      gateways: new Map([['direct', subject]]),
      retryInvalid: 0,
      signal: new AbortController().signal,
      onEvent,
    },
    realDependencies({ calibrator }),
  );
  expect(calls).toBe(6);
  expect(ended).toEqual([false, false, true]);
  expect(records.map(({ outcome }) => slowness(outcome))).toEqual([false, false, true]);
  const { records: stored } = await folder.readRecords();
  expect(stored.map(({ outcome }) => slowness(outcome))).toEqual([false, false, false]);
  expect(stored.map(({ calibration }) => calibration?.after?.kernels.systemCall.cpuNs.min)).toEqual([150, 150, 600]);
});
