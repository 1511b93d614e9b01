import { formatMicroseconds, formatSampledShare } from '../../lib/format.js';
import type { CategorisedProfile } from '../categories/categorise.js';
import { categoryTotals } from '../categories/category-table.js';
import { formatSamples } from '../format-figures.js';
import { cpuCoverage, profileSize, shareOf } from '../measures.js';
import type { Finding, FindingContext, FindingFigure } from './finding.js';

const MIN_SAMPLES = 200;
const MAX_LOST_SHARE = 0.01;
const MAX_UNKNOWN_SHARE = 0.1;
const MAX_INTERPRETER_SHARE = 0.4;
/** Between these, samples and the kernel's accounting agree. */
const MIN_COVERAGE = 0.85;
const MAX_COVERAGE = 1.15;
/** Below this share of the throughput the profiler has changed what it measures. */
const MIN_THROUGHPUT = 0.8;
const HALF_THROUGHPUT = 0.55;
/** CPU time per request varies by up to this factor between cells, on a machine with little load. */
const MAX_COST_RATIO = 1.3;

/** Why a profile may mislead. */
export function warningsOf(categorised: CategorisedProfile, context: FindingContext): Finding[] {
  return [
    ...sampleWarnings(categorised),
    ...categoryWarnings(categorised),
    ...kernelWarnings(categorised),
    ...coverageWarnings(categorised),
    ...slowdownWarnings(categorised, context),
  ];
}

const warning = (text: string, ...figures: FindingFigure[]): Finding => ({ kind: 'warning', text, figures });

function sampleWarnings({ profile }: CategorisedProfile): Finding[] {
  const { samples } = profileSize(profile);
  const { lost } = profile.meta;
  const count: FindingFigure = { value: samples, unit: 'samples', from: 'all samples', samples };
  const lostShare = shareOf(lost ?? 0, samples + (lost ?? 0));
  return [
    ...(samples < MIN_SAMPLES
      ? [
          warning(
            `Only ${formatSamples(samples)}: profile for longer or at a higher rate before trusting small shares.`,
            count,
          ),
        ]
      : []),
    ...(lost !== null && lostShare > MAX_LOST_SHARE
      ? [
          warning(`${formatSampledShare(lostShare)} of samples were lost (${lost}): what ran then is missing.`, {
            value: lostShare,
            unit: 'share',
            from: 'lost samples',
            samples: lost,
          }),
        ]
      : []),
  ];
}

function categoryWarnings(categorised: CategorisedProfile): Finding[] {
  const totals = categoryTotals(categorised);
  const unknown = totals.find(({ category }) => category === 'unknown');
  const runtime = totals.find(({ category }) => category === 'runtime');
  // Without support by the interpreter only its C functions are visible, not Python's.
  const interpreted =
    categorised.profile.frames.some(({ name }) => name === '_PyEval_EvalFrameDefault') &&
    !categorised.profile.frames.some(({ kind }) => kind === 'python');
  return [
    ...(unknown && unknown.share > MAX_UNKNOWN_SHARE
      ? [
          warning(`${formatSampledShare(unknown.share)} is unknown: it matches no rule.`, {
            value: unknown.share,
            unit: 'share',
            from: 'category unknown',
            samples: unknown.samples,
          }),
        ]
      : []),
    ...(runtime && interpreted && runtime.share > MAX_INTERPRETER_SHARE
      ? [
          warning(
            `${formatSampledShare(runtime.share)} is the Python interpreter: this profile doesn't name Python functions, so own code, routing and authentication are part of it.`,
            { value: runtime.share, unit: 'share', from: 'category runtime', samples: runtime.samples },
          ),
        ]
      : []),
  ];
}

function kernelWarnings({ profile }: CategorisedProfile): Finding[] {
  switch (profile.meta.kernel) {
    case 'named':
      return [];
    case 'addresses':
      return [warning('Kernel functions have no names: kernel time counts for its callers.')];
    case 'absent':
      return [warning('No kernel frames: time in system calls counts for the function that makes them.')];
    default:
      return profile.meta.kernel satisfies never;
  }
}

/** The kernel counts all CPU time. A profiler that counts much less, or more, counts something else. */
function coverageWarnings({ profile }: CategorisedProfile): Finding[] {
  const coverage = cpuCoverage(profile);
  if (coverage === null || (coverage >= MIN_COVERAGE && coverage <= MAX_COVERAGE)) return [];
  const text =
    coverage < 1
      ? `The samples add up to only ${formatSampledShare(coverage)} of the CPU time that the kernel counted for this gateway: times per request are too low.`
      : `The samples add up to ${coverage.toFixed(1)} times the CPU time that the kernel counted for this gateway: part of this time it waited instead of running.`;
  return [
    warning(text, {
      value: coverage,
      unit: 'ratio',
      from: 'CPU time by samples over CPU time by the kernel',
      samples: profileSize(profile).samples,
    }),
  ];
}

function slowdownWarnings({ profile }: CategorisedProfile, { unprofiled, ratePerSec }: FindingContext): Finding[] {
  if (unprofiled === null) return [];
  return [
    ...throughputWarning(ratePerSec, unprofiled.ratePerSec),
    ...costWarning(profile.meta.load?.cpuUsPerRequest ?? null, unprofiled.cpuUsPerRequest),
  ];
}

function throughputWarning(withIt: number | null, without: number): Finding[] {
  if (withIt === null || without <= 0 || withIt / without >= MIN_THROUGHPUT) return [];
  const ratio = withIt / without;
  const verb = ratio < HALF_THROUGHPUT ? 'cut the throughput by half or more' : 'slowed the gateway down';
  return [
    warning(
      `The profiler ${verb}: ${Math.round(withIt)} requests/s with it, ${Math.round(without)} without. Its cost is part of shares and CPU times.`,
      { value: ratio, unit: 'ratio', from: 'throughput with the profiler over throughput without', samples: null },
    ),
  ];
}

/** With CPU to spare a gateway stays as fast, and the profiler's cost shows only in its CPU time. */
function costWarning(withIt: number | null, without: number | null): Finding[] {
  if (withIt === null || without === null || without <= 0 || withIt / without <= MAX_COST_RATIO) return [];
  const ratio = withIt / without;
  return [
    warning(
      `A request took ${formatMicroseconds(withIt)} of CPU with the profiler and ${formatMicroseconds(without)} without, by the kernel’s accounting: CPU times include the profiler’s cost, or noise.`,
      { value: ratio, unit: 'ratio', from: 'CPU time per request with the profiler over without', samples: null },
    ),
  ];
}
