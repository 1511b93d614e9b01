import { afterEach, describe, expect, it } from 'vitest';
import { THRESHOLDS } from '../../../src/analysis/thresholds.js';
import { type FitnessFacts, fitnessChecks, readFitnessFacts } from '../../../src/app/doctor/fitness.js';
import { processCalibrator } from '../../../src/sampling/calibration/process-calibrator.js';
import { calibrationOf } from '../../support/calibrations.js';
import { startHog, stopHogs } from '../../support/cpu-hog.js';
import { hostOf } from '../../support/record-builder.js';

afterEach(stopHogs);

function check(subject: string, facts: Partial<FitnessFacts> = {}) {
  const quiet: FitnessFacts = {
    host: hostOf(),
    measuredS: 2.5,
    wakeUpLateMs: 1.2,
    costRatio: 0.98,
    cores: 8,
    clockSource: 'tsc',
    governor: null,
  };
  const checks = fitnessChecks({ ...quiet, ...facts });
  const found = checks.find((each) => each.subject === subject);
  if (found === undefined) throw new Error(`no check "${subject}" among ${checks.map((each) => each.subject)}`);
  return found;
}

describe('fitness', () => {
  it.each([
    ['other programs', 'ok', {}],
    ['other programs', 'warn', { host: hostOf({ otherCpuPercentMean: 3 }) }],
    ['other programs', 'fail', { host: hostOf({ otherCpuPercentMean: 30 }) }],
    ['other programs', 'warn', { host: null }],
    ['steal time', 'ok', {}],
    ['steal time', 'fail', { host: hostOf({ stealPercentMean: 4 }) }],
    ['CPU throttling', 'ok', {}],
    [
      'CPU throttling',
      'fail',
      { host: hostOf({ throttling: { harness: { periods: 9, timeUs: 9e5 }, gateway: null } }) },
    ],
    ['wake-ups', 'ok', {}],
    ['wake-ups', 'warn', { wakeUpLateMs: 3 }],
    ['wake-ups', 'fail', { wakeUpLateMs: 9 }],
    ['wake-ups', 'warn', { wakeUpLateMs: null }],
    ['steady speed', 'ok', {}],
    ['steady speed', 'warn', { costRatio: 1.1 }],
    ['steady speed', 'warn', { costRatio: 0.85 }],
    ['steady speed', 'fail', { costRatio: 1.6 }],
    ['steady speed', 'warn', { costRatio: { unknown: 'it ended by SIGKILL' } }],
    ['cores', 'ok', {}],
    ['cores', 'warn', { cores: 2 }],
    ['clock source', 'ok', {}],
    ['clock source', 'ok', { clockSource: null }],
    ['clock source', 'warn', { clockSource: 'hpet' }],
    ['CPU governor', 'ok', {}],
    ['CPU governor', 'warn', { governor: 'powersave' }],
  ] as const)('%s is %s with %o', (subject, verdict, facts) => {
    expect(check(subject, facts).verdict).toBe(verdict);
  });

  it('names what makes the machine busy, and what to do about it', () => {
    const busiestOthers = [{ pid: 7, command: 'spin', cpuPercentMean: 98 }];
    expect(check('other programs', { host: hostOf({ otherCpuPercentMean: 49, busiestOthers }) })).toMatchObject({
      message: expect.stringContaining('spin (PID 7) 98 %'),
      hint: expect.stringContaining('--wait-for-quiet'),
    });
  });
});

it('reads this machine', async () => {
  startHog();
  const facts = await readFitnessFacts(processCalibrator, new AbortController().signal);
  expect(facts.measuredS).toBeGreaterThanOrEqual(2.5);
  expect(facts.costRatio).toBeGreaterThan(0);
  expect(facts.cores).toBeGreaterThan(0);
  expect(facts.wakeUpLateMs).toBeGreaterThan(0);
  expect(facts.host?.otherCpuPercentMean).toBeGreaterThan(0);
  expect(facts.host?.busiestOthers.length).toBeGreaterThan(0);
});

it('takes the second calibration beside the first, and says why there is none', async () => {
  const { signal } = new AbortController();
  const calibrations = [
    calibrationOf(),
    calibrationOf({ systemCall: 2 * calibrationOf().kernels.systemCall.cpuNs.min }),
  ];
  const slower = { calibrate: async () => calibrations.shift() ?? calibrationOf() };
  const weight = THRESHOLDS.machineSpeed.kernelWeights.systemCall;
  expect((await readFitnessFacts(slower, signal)).costRatio).toBeCloseTo(2 ** weight, 6);
  const broken = {
    calibrate: async () => {
      throw new Error('it ended by SIGKILL');
    },
  };
  expect((await readFitnessFacts(broken, signal)).costRatio).toEqual({ unknown: 'it ended by SIGKILL' });
});
