import { formatDecimal } from '../lib/format.js';
import { formatBusyCpu } from './format-shape.js';
import type { CurveLevel, ScalingCurve } from './scaling-curve.js';
import { busyCpu, type Shape } from './shape.js';
import { THRESHOLDS } from './thresholds.js';

/** What holds a gateway's rate down, as far as its records say. */
export interface Limit {
  kind: 'none' | 'crash' | 'errors' | 'one-thread' | 'all-cpus' | 'upstream-pool' | 'unknown';
  /** Why, without a full stop; empty where there is nothing to add. */
  because: string;
}

/**
 * What limits a curve, at its most VUs. The harness is asked first: where it may be the limit, the gateway's is unknown.
 * A fixed pool of upstream connections shows by the descriptors: each VU more then adds its own connection and no other.
 */
export function limitOf(shape: Shape, curve: ScalingCurve): Limit {
  if (shape.name === null) return { kind: 'unknown', because: shape.reason };
  if (shape.name === 'linear') return { kind: 'none', because: '' };
  const { last } = shape;
  if (shape.name === 'cliff' && shape.cause !== 'fallen') {
    const level = shape.levels.find(({ vus }) => vus === shape.atVus);
    return shape.cause === 'crashed'
      ? { kind: 'crash', because: 'its process ended under load' }
      : { kind: 'errors', because: level?.failures ?? '' };
  }
  const busy = shape.name === 'ceiling' ? shape.busy : busyCpu(last, curve.cpus);
  if (busy?.kind === 'all-cpus') return { kind: 'all-cpus', because: formatBusyCpu(busy) };
  if (last.harnessLimit !== null) return { kind: 'unknown', because: `perhaps the harness: ${last.harnessLimit}` };
  if (busy !== null) return { kind: 'one-thread', because: formatBusyCpu(busy) };
  return (shape.name === 'plateau' ? poolOf(shape.flat.levels) : null) ?? unknown(last);
}

function poolOf(levels: readonly CurveLevel[]): Limit | null {
  const [first, last] = [levels[0], levels.at(-1)];
  if (!first || !last || first.descriptors === null || last.descriptors === null) return null;
  const perVu = (last.descriptors - first.descriptors) / (last.vus - first.vus);
  if (perVu > THRESHOLDS.shape.poolDescriptorsPerVu || last.idealPerSec === null) return null;
  // Little's law at the upstream: its rate times the time that a request takes without a gateway.
  const inFlight = (last.ratePerSec / last.idealPerSec) * last.vus;
  return {
    kind: 'upstream-pool',
    because: `about ${formatDecimal(inFlight, 0)} requests are in flight at the upstream whatever the VUs, and each VU more opens ${formatDecimal(perVu, 1)} descriptors`,
  };
}

function unknown({ cpuPercent, failures, failedShare }: CurveLevel): Limit {
  if (cpuPercent === null) return { kind: 'unknown', because: 'its CPU was not measured' };
  if ((failedShare ?? 0) >= THRESHOLDS.shape.failedShare) return { kind: 'errors', because: failures };
  return { kind: 'unknown', because: `its CPU, ${formatDecimal(cpuPercent, 0)} % of one core, is not used up` };
}
