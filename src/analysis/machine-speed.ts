import { formatDecimal, formatShare, formatSignificant } from '../lib/format.js';
import { type Calibration, KernelName } from '../model/calibration.js';
import type { Cell } from '../model/cell.js';
import type { CellRecord, GateResult } from '../model/record.js';
import { unknownGate, verdictWithin } from './gate.js';
import { median } from './median.js';
import { THRESHOLDS } from './thresholds.js';

/** What a cell's work cost beside the run's median, as a ratio of CPU times: 1.05 is 5 % dearer, a machine 5 % slower. */
export interface MachineSpeed {
  /** By the kernels before and after the cell; null without them. */
  kernels: number | null;
  /** By the kernels before the cell alone, which nothing in the cell can sway; null without them. */
  kernelsBefore: number | null;
  /** By mock and engine in the cell's window; null where too few cells compare, or the window held too little work. */
  harness: number | null;
  /** Both together; null where neither is known. */
  cost: number | null;
}

/** The machine at one moment between cells. */
export interface SpeedMoment {
  takenAt: string;
  /** As {@link MachineSpeed}. */
  cost: number;
}

/** How a run's cells and moments compare with its medians. */
export interface RunSpeed {
  speedOf(record: CellRecord): MachineSpeed;
  /** Every calibration, in the order of time. */
  moments: SpeedMoment[];
  /** Cells that were calibrated. */
  calibratedCells: number;
}

export const MACHINE_SPEED_GATE = 'machine speed';

/** Take the medians of a run's calibrations and of its harness's CPU per request. */
export function runSpeed(records: readonly CellRecord[]): RunSpeed {
  const calibrated = records.filter((record) => calibrationsOf(record).length > 0);
  const calibrations = calibrated.flatMap(calibrationsOf);
  const medianNs = new Map(
    KernelName.options.map((name) => [name, median(calibrations.map((each) => nsOf(each, name))) ?? 1]),
  );
  const costOf = (calibration: Calibration) => Math.exp(logCost(calibration, medianNs));
  return {
    speedOf(record) {
      const kernels = meanLog(calibrationsOf(record).map(costOf));
      const harness = harnessCost(record, records);
      const before = record.calibration?.before ?? null;
      const kernelsBefore = before === null ? null : costOf(before);
      return { kernels, kernelsBefore, harness, cost: together(kernels, harness) };
    },
    moments: calibrations
      .map((calibration) => ({ takenAt: calibration.takenAt, cost: costOf(calibration) }))
      .sort((a, b) => a.takenAt.localeCompare(b.takenAt)),
    calibratedCells: calibrated.length,
  };
}

function calibrationsOf({ calibration }: CellRecord): Calibration[] {
  return calibration === null ? [] : [calibration.before, calibration.after].filter((each) => each !== null);
}

/** What the same work cost in a calibration beside an earlier one, as a ratio of CPU times: 1.05 is a machine 5 % slower. */
export function costRatio(before: Calibration, after: Calibration): number {
  return Math.exp(logCost(after, new Map(KernelName.options.map((name) => [name, nsOf(before, name)]))));
}

const typicalOf = new WeakMap<readonly CellRecord[], Calibration | null>();

/** The calibration in the middle of a run, by what it cost beside the first; null for a run without any. */
export function typicalCalibration(records: readonly CellRecord[]): Calibration | null {
  let typical = typicalOf.get(records);
  if (typical === undefined) {
    typical = middleOf(records.flatMap(calibrationsOf));
    // A history compares each run with many.
    typicalOf.set(records, typical);
  }
  return typical;
}

function middleOf(all: readonly Calibration[]): Calibration | null {
  const [first] = all;
  if (first === undefined) return null;
  const costs = all.map((each) => ({ each, cost: costRatio(first, each) }));
  const middle = median(costs.map(({ cost }) => cost)) ?? 1;
  const distance = ({ cost }: { cost: number }) => Math.abs(cost - middle);
  return costs.reduce((best, next) => (distance(next) < distance(best) ? next : best)).each;
}

/** The least slice: a core shared with another machine is disturbed for tenths of a second, and half of the slices with it. */
function nsOf({ kernels }: Calibration, name: KernelName): number {
  return kernels[name].cpuNs.min;
}

/** Logarithm of the weighted geometric mean of the kernels' ratios to their medians. */
function logCost(calibration: Calibration, medianNs: ReadonlyMap<KernelName, number>): number {
  const { kernelWeights } = THRESHOLDS.machineSpeed;
  let sum = 0;
  let weights = 0;
  for (const name of KernelName.options) {
    sum += kernelWeights[name] * Math.log(nsOf(calibration, name) / (medianNs.get(name) ?? 1));
    weights += kernelWeights[name];
  }
  return sum / weights;
}

/**
 * Mock and engine do the same work for each request of the same gateway at the same load, so their CPU per request is a
 * calibration during the window. Another gateway's rate lets them answer more or fewer at a time, which changes it by more
 * than the machine does: only repeats compare.
 */
function harnessCost(record: CellRecord, records: readonly CellRecord[]): number | null {
  const peers = records.filter((other) => isRepeat(other, record));
  const ratios = (['mock', 'engine'] as const).flatMap((tree) => {
    const cpuUs = cpuUsOf(record, tree);
    const peersUs = peers.flatMap((peer) => cpuUsOf(peer, tree) ?? []);
    const middleUs = peersUs.length < THRESHOLDS.machineSpeed.minRepeats ? null : median(peersUs);
    return cpuUs === null || middleUs === null ? [] : [cpuUs / middleUs];
  });
  return meanLog(ratios);
}

function isRepeat(a: CellRecord, b: CellRecord): boolean {
  const same: (keyof Cell)[] = ['gateway', 'variant', 'scenario', 'stream', 'vus', 'ratePerSec', 'profiler'];
  return same.every((key) => a.cell[key] === b.cell[key]) && a.engine.name === b.engine.name;
}

function cpuUsOf({ resources, outcome, window }: CellRecord, tree: 'mock' | 'engine'): number | null {
  // What a crash leaves of a window is mostly refused connections.
  if (outcome.kind !== 'ok' && outcome.kind !== 'invalid') return null;
  const { cpuUsPerRequest = null, cpuPercentMean = null } = resources[tree] ?? {};
  const inWindowUs = (cpuPercentMean ?? 0) * 1e4 * (window?.measuredS ?? 0);
  return inWindowUs < THRESHOLDS.machineSpeed.minHarnessUs ? null : cpuUsPerRequest;
}

function together(kernels: number | null, harness: number | null): number | null {
  if (kernels === null || harness === null) return kernels ?? harness;
  const { harnessWeight } = THRESHOLDS.machineSpeed;
  return kernels ** (1 - harnessWeight) * harness ** harnessWeight;
}

/** Whether the machine was as fast in a cell as in the middle of its run. */
export function machineSpeedGate(record: CellRecord, speed: RunSpeed): GateResult {
  const { pass, warn, minCells } = THRESHOLDS.machineSpeed;
  const { cost, kernels, harness } = speed.speedOf(record);
  if (cost === null) return unknown('the machine’s speed was not measured');
  if (harness === null && speed.calibratedCells < minCells) {
    return unknown(`${speed.calibratedCells} calibrated cells are too few to compare: ${minCells} are needed`);
  }
  const value = Math.abs(cost - 1);
  const seen = [
    ...(kernels === null ? [] : [`kernels ${formatCost(kernels)}`]),
    ...(harness === null ? [] : [`mock and engine ${formatCost(harness)}`]),
  ].join(', ');
  return {
    gate: MACHINE_SPEED_GATE,
    verdict: verdictWithin(value, { pass, warn }),
    value: cost - 1,
    message:
      `the same work took ${formatShare(value)} ${cost < 1 ? 'less' : 'more'} CPU time than in the middle of the run ` +
      `(${seen}; bounds ${formatShare(pass)} and ${formatShare(warn)})`,
  };
}

function unknown(message: string): GateResult {
  return unknownGate(MACHINE_SPEED_GATE, message);
}

/** `+4.1 %`, or from twice on `2.3 times`. */
function formatCost(cost: number): string {
  if (cost >= 2) return `${formatSignificant(cost, 2)} times`;
  const percent = formatDecimal((cost - 1) * 100, 1);
  return `${cost < 1 ? '' : '+'}${percent} %`;
}

/** Geometric mean; null for no values. */
function meanLog(ratios: readonly number[]): number | null {
  if (ratios.length === 0) return null;
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
