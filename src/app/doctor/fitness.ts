import { cpus } from 'node:os';
import { hostResources } from '../../analysis/host-resources.js';
import { machineGates } from '../../analysis/machine-gates.js';
import { costRatio } from '../../analysis/machine-speed.js';
import { THRESHOLDS } from '../../analysis/thresholds.js';
import { messageOf } from '../../lib/errors.js';
import { formatDecimal, formatShare } from '../../lib/format.js';
import { clockSource, cpuGovernor } from '../../lib/machine.js';
import { sleep } from '../../lib/sleep.js';
import type { Calibration } from '../../model/calibration.js';
import type { GateResult } from '../../model/record.js';
import type { HostResources, Sample } from '../../model/resources.js';
import type { Calibrator } from '../../sampling/calibrator.js';
import { HostSampler } from '../../sampling/host-sampler.js';
import type { Check } from './check.js';
import { coresCheck, governorCheck } from './machine.js';

/** What says whether this machine is fit to measure now; null is unreadable. */
export interface FitnessFacts {
  /** While nothing of ours ran. */
  host: HostResources | null;
  measuredS: number;
  /** By how much short sleeps were late, at the 99th percentile; null where there were too few. */
  wakeUpLateMs: number | null;
  /** CPU time of the same work after the watching beside before it, as a ratio; or why it isn't known; null if nobody asked. */
  costRatio: number | { unknown: string } | null;
  cores: number;
  clockSource: string | null;
  governor: string | null;
}

/** Long enough for ticks of 10 ms to tell 1 %, short enough to wait for before every run. */
const MEASURED_MS = 2_500;
const SAMPLE_MS = 500;
const SLEEP_MS = 5;

/**
 * Watch this machine for 2.5 s, and calibrate it before and after.
 * @param calibrator null to leave that out
 * @throws the signal's reason if it aborts
 */
export async function readFitnessFacts(calibrator: Calibrator | null, signal: AbortSignal): Promise<FitnessFacts> {
  const before = calibrator && (await calibration(calibrator, signal));
  const watched = await watch(signal);
  const after = calibrator && (await calibration(calibrator, signal));
  return {
    ...watched,
    costRatio: before && after && ratioOf(before, after),
    cores: cpus().length,
    clockSource: clockSource(),
    governor: cpuGovernor(),
  };
}

type Calibrated = Calibration | { unknown: string };

function ratioOf(before: Calibrated, after: Calibrated): FitnessFacts['costRatio'] {
  if ('unknown' in before) return before;
  return 'unknown' in after ? after : costRatio(before, after);
}

async function calibration(calibrator: Calibrator, signal: AbortSignal): Promise<Calibrated> {
  try {
    return await calibrator.calibrate(null, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { unknown: messageOf(error) };
  }
}

/** While nothing of ours runs but short sleeps. */
async function watch(signal: AbortSignal): Promise<Pick<FitnessFacts, 'host' | 'measuredS' | 'wakeUpLateMs'>> {
  const sampler = new HostSampler();
  const startedMs = performance.now();
  const samples: Sample[] = [];
  const lateMs: number[] = [];
  const take = () => {
    const atS = (performance.now() - startedMs) / 1000;
    const host = sampler.sample({ gateway: [], others: [] });
    samples.push({ atS, phase: 'window', gateway: null, services: null, mock: null, engine: null, host });
  };
  take();
  for (let end = SAMPLE_MS; end <= MEASURED_MS; end += SAMPLE_MS) {
    while (performance.now() - startedMs < end) {
      const beganMs = performance.now();
      await sleep(SLEEP_MS, signal);
      lateMs.push(performance.now() - beganMs - SLEEP_MS);
    }
    take();
  }
  lateMs.sort((a, b) => a - b);
  return {
    host: hostResources(samples),
    measuredS: (performance.now() - startedMs) / 1000,
    wakeUpLateMs: lateMs[Math.ceil(0.99 * lateMs.length) - 1] ?? null,
  };
}

/** Whether a run that began now could be trusted. `fail`: its cells would be invalid. */
export function fitnessChecks(facts: FitnessFacts): Check[] {
  return [
    ...machineGates(facts.host, facts.measuredS).map(gateCheck),
    wakeUpCheck(facts),
    ...speedCheck(facts),
    coresCheck(facts),
    clockCheck(facts),
    governorCheck(facts),
  ];
}

const HINTS: Record<string, string> = {
  'other programs': 'stop them, or wait until they have ended: gatebench bench --wait-for-quiet 10m',
  'steal time': 'the machine is shared with others: use one of your own, or measure at another time',
  'CPU throttling': 'raise the CPU quota of this container or service, or remove it',
};

function gateCheck({ gate, verdict, message }: GateResult): Check {
  const verdicts = { pass: 'ok', warn: 'warn', invalid: 'fail', unknown: 'warn' } as const;
  const hint = verdict === 'pass' || verdict === 'unknown' ? undefined : HINTS[gate];
  return { subject: gate, verdict: verdicts[verdict], message, hint };
}

function wakeUpCheck({ wakeUpLateMs: late }: FitnessFacts): Check {
  const subject = 'wake-ups';
  if (late === null) return { subject, verdict: 'warn', message: 'their lateness could not be measured' };
  const { pass, warn } = THRESHOLDS.wakeUpLateMs;
  const message = `late by ${formatDecimal(late, 1)} ms at p99 (bounds ${pass} ms and ${warn} ms)`;
  if (late <= pass) return { subject, verdict: 'ok', message };
  return {
    subject,
    verdict: late <= warn ? 'warn' : 'fail',
    message: `${message}: the mock upstream would be late too`,
    hint: 'other programs, other virtual machines or power saving hold this one up',
  };
}

function speedCheck({ costRatio: ratio }: FitnessFacts): Check[] {
  const subject = 'steady speed';
  if (ratio === null) return [];
  if (typeof ratio !== 'number') return [{ subject, verdict: 'warn', message: ratio.unknown }];
  const { pass, warn } = THRESHOLDS.speedChange;
  const change = Math.abs(ratio - 1);
  const message =
    `the same work took ${formatShare(change)} ${ratio < 1 ? 'less' : 'more'} CPU time than 3 s before ` +
    `(bounds ${formatShare(pass)} and ${formatShare(warn)})`;
  if (change <= pass) return [{ subject, verdict: 'ok', message }];
  const hint = 'other virtual machines, heat or power saving change its speed: measure at another time, or repeat more';
  return [{ subject, verdict: change <= warn ? 'warn' : 'fail', message, hint }];
}

/** Clocks that are read by a system call or over a slow bus: about 1 µs a reading, where others take 0.02. */
const SLOW_CLOCKS = ['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies', 'pit'];

function clockCheck({ clockSource: clock }: FitnessFacts): Check {
  const subject = 'clock source';
  if (clock === null) return { subject, verdict: 'ok', message: 'not visible' };
  if (!SLOW_CLOCKS.includes(clock)) return { subject, verdict: 'ok', message: clock };
  return {
    subject,
    verdict: 'warn',
    message: `${clock}: each reading of the clock is slow, for load, mock and gateway`,
    hint: 'see /sys/devices/system/clocksource/clocksource0/available_clocksource; tsc is the fastest',
  };
}
