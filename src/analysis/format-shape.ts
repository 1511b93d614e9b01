import { formatDecimal, formatMilliseconds, formatRate, formatShare, formatVus } from '../lib/format.js';
import type { CurveLevel, ScalingCurve } from './scaling-curve.js';
import { type BusyCpu, busyCpu, efficiencyAt, type Shape } from './shape.js';
import { THRESHOLDS } from './thresholds.js';

/** What a shape is seen by, in words without a full stop: figures first, then what goes with them. */
export function shapeEvidence(shape: Shape, curve: ScalingCurve): string {
  return [...evidence(shape), ...untrusted(curve)].join('; ');
}

function evidence(shape: Shape): string[] {
  switch (shape.name) {
    case null:
      return [shape.reason];
    case 'linear':
    case 'sub-linear':
      return [growth(shape), ...failuresAt(shape.last)];
    case 'ceiling':
      return [flatness(shape), formatBusyCpu(shape.busy), ...latencyGrowth(shape), ...failuresAt(shape.last)];
    case 'plateau':
      return [flatness(shape), ...idleCpu(shape.flat.levels), ...latencyGrowth(shape), ...failuresAt(shape.last)];
    case 'cliff':
      return [fall(shape)];
    default:
      return shape satisfies never;
  }
}

type Measured = Exclude<Shape, { name: null }>;
type Flat = Extract<Shape, { name: 'ceiling' | 'plateau' }>;

/** `13,925 req/s at 1,000 VUs, 83.6 % of what the upstream alone allows; within 5 % of it up to 500 VUs`. */
function growth({ last, levels, efficiency }: Measured): string {
  const reached = rateAt(last);
  if (efficiency === null) return reached;
  const than = last.idealPerSec === null ? 'of growth in proportion to the VUs' : 'of what the upstream alone allows';
  const { straightEfficiency } = THRESHOLDS.shape;
  const straight = levels.findLast((level) => (efficiencyAt(level, levels) ?? 1) >= straightEfficiency);
  const bend =
    efficiency >= straightEfficiency || straight === undefined
      ? ''
      : `; within ${formatShare(1 - straightEfficiency)} of it up to ${formatVus(formatDecimal(straight.vus, 0))}`;
  return `${reached}, ${formatShare(efficiency)} ${than}${bend}`;
}

function flatness({ flat, peak, last }: Flat): string {
  const fallen = last.ratePerSec < 0.95 * peak.ratePerSec ? `, ${formatRate(last.ratePerSec)} at ${vus(last)}` : '';
  return `flat from ${vus(flat.from)} at ${formatRate(flat.meanPerSec)} req/s${fallen}`;
}

/** `process tree at 117 % of one core`. */
export function formatBusyCpu(busy: BusyCpu): string {
  const percent = `process tree at ${formatDecimal(busy.cpuPercent, 0)} %`;
  if (busy.kind === 'all-cpus') return `${percent} of one core, of ${formatDecimal(busy.cpus * 100, 0)} % that it has`;
  return busy.threads === 1
    ? `${percent} of one core`
    : `${percent} of one core, about one for each of ${busy.threads} processes`;
}

function idleCpu(levels: readonly CurveLevel[]): string[] {
  const known = levels.flatMap(({ cpuPercent }) => cpuPercent ?? []);
  return known.length === 0
    ? ['its CPU is not known']
    : [`process tree at ${formatDecimal(Math.max(...known), 0)} % of one core at most`];
}

/**
 * Little's law, N = X R: where the rate is flat, the response time goes with the number of VUs. Failures that take their
 * time are in R and not in p50, so p50 may grow less.
 */
function latencyGrowth({ flat: { from }, last }: Flat): string[] {
  if (from.p50Us === null || last.p50Us === null) return [];
  const grown = last.p50Us / from.p50Us;
  const expected = last.vus / last.ratePerSec / (from.vus / from.ratePerSec);
  if (Math.abs(grown / expected - 1) <= 0.15) return ["p50 grows with VUs as Little's law says"];
  return [`p50 goes from ${formatMilliseconds(from.p50Us)} to ${formatMilliseconds(last.p50Us)}`];
}

function failuresAt({ failedShare, failures, vus: count }: CurveLevel): string[] {
  if (failedShare === null || failedShare < THRESHOLDS.shape.failedShare) return [];
  return [`${formatShare(failedShare)} fail at ${formatVus(formatDecimal(count, 0))}${aside(failures)}`];
}

function fall({ cause, atVus, levels, peak, last }: Extract<Shape, { name: 'cliff' }>): string {
  const at = formatVus(formatDecimal(atVus, 0));
  const best = `best ${rateAt(peak)}`;
  switch (cause) {
    case 'crashed':
      return `its process ended at ${at}; ${best}`;
    case 'failing': {
      const level = levels.find((candidate) => candidate.vus === atVus);
      const share = level?.failedShare ?? 1;
      return `${formatShare(share)} fail at ${at}${aside(level?.failures ?? '')}, ${formatRate(level?.ratePerSec ?? null)} req/s; ${best}`;
    }
    case 'fallen': {
      const cpu = busyCpu(last, null);
      return [`falls from ${rateAt(peak)} to ${rateAt(last)}`, ...(cpu === null ? [] : [formatBusyCpu(cpu)])].join(
        '; ',
      );
    }
    default:
      return cause satisfies never;
  }
}

function untrusted({ untrustedVus }: ScalingCurve): string[] {
  if (untrustedVus.length === 0) return [];
  return [`without ${formatVus(untrustedVus.map((count) => formatDecimal(count, 0)).join(', '))}, not to be trusted`];
}

const aside = (text: string) => (text === '' ? '' : ` (${text})`);
const vus = (level: CurveLevel) => formatVus(formatDecimal(level.vus, 0));
const rateAt = (level: CurveLevel) => `${formatRate(level.ratePerSec)} req/s at ${vus(level)}`;
