import type { CategorisedProfile } from '../categories/categorised-profile.js';
import { categoryTotals } from '../categories/category-table.js';
import { profileSize, shareOf } from '../profile-size.js';
import type { Finding, FindingContext, FindingFigure } from './finding.js';
import { formatMicroseconds, formatSamples, formatShare } from './format-share.js';
import { cpuCoverage } from './per-request.js';

const FEW_SAMPLES = 200;
const LOST_SHARE = 0.01;
const UNKNOWN_SHARE = 0.1;
const INTERPRETER_SHARE = 0.4;
/** Between these, samples and the kernel's accounting agree as well as samples can. */
const MIN_COVERAGE = 0.85;
const MAX_COVERAGE = 1.15;
/** A profiler that takes more than this of the throughput has changed what it looks at. */
const SLOWED = 0.8;
const HALVED = 0.55;
/** CPU time of a request varies by this much from one cell to the next on a machine that is little used. */
const DEARER = 1.3;

/** What makes a profile less than it seems. */
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
    ...(samples < FEW_SAMPLES
      ? [
          warning(
            `Only ${formatSamples(samples)}: profile for longer or at a higher rate before trusting small shares.`,
            count,
          ),
        ]
      : []),
    ...(lost !== null && lostShare > LOST_SHARE
      ? [
          warning(`${formatShare(lostShare)} of samples were lost (${lost}): what ran then is missing.`, {
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
  // Python's functions are only seen where the interpreter tells of them; its C functions alone don't.
  const interpreted =
    categorised.profile.frames.some(({ name }) => name === '_PyEval_EvalFrameDefault') &&
    !categorised.profile.frames.some(({ kind }) => kind === 'python');
  return [
    ...(unknown && unknown.share > UNKNOWN_SHARE
      ? [
          warning(`${formatShare(unknown.share)} is unknown: no rule says what it is.`, {
            value: unknown.share,
            unit: 'share',
            from: 'category unknown',
            samples: unknown.samples,
          }),
        ]
      : []),
    ...(runtime && interpreted && runtime.share > INTERPRETER_SHARE
      ? [
          warning(
            `${formatShare(runtime.share)} is the Python interpreter, whose Python functions this profile doesn't name: own code, routing and authentication are in there.`,
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
      return [warning('Kernel functions have no names here: what the kernel did is counted where it was called.')];
    case 'absent':
      return [warning('No kernel frames: time in system calls is counted in the function that makes them.')];
    default:
      return profile.meta.kernel satisfies never;
  }
}

/** The kernel counts all CPU time; a profiler that sees much less, or more, counts something else. */
function coverageWarnings({ profile }: CategorisedProfile): Finding[] {
  const coverage = cpuCoverage(profile);
  if (coverage === null || (coverage >= MIN_COVERAGE && coverage <= MAX_COVERAGE)) return [];
  const words =
    coverage < 1
      ? `The samples add up to ${formatShare(coverage)} of the CPU time that the kernel counted for this gateway: times per request are too low by that much.`
      : `The samples add up to ${coverage.toFixed(1)} times the CPU time that the kernel counted for this gateway: some of this time it was waiting, not running.`;
  return [
    warning(words, {
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
    ...slowerWarning(ratePerSec, unprofiled.ratePerSec),
    ...dearerWarning(profile.meta.load?.cpuUsPerRequest ?? null, unprofiled.cpuUsPerRequest),
  ];
}

function slowerWarning(withIt: number | null, without: number): Finding[] {
  if (withIt === null || without <= 0 || withIt / without >= SLOWED) return [];
  const ratio = withIt / without;
  const verb = ratio < HALVED ? 'halved the throughput, or worse' : 'slowed the gateway down';
  return [
    warning(
      `The profiler ${verb}: ${Math.round(withIt)} requests a second with it, ${Math.round(without)} without. Shares and CPU times hold its cost.`,
      { value: ratio, unit: 'ratio', from: 'throughput with the profiler over throughput without', samples: null },
    ),
  ];
}

/** A gateway with CPU to spare stays as fast; what the profiler takes then shows in its CPU time alone. */
function dearerWarning(withIt: number | null, without: number | null): Finding[] {
  if (withIt === null || without === null || without <= 0 || withIt / without <= DEARER) return [];
  const ratio = withIt / without;
  return [
    warning(
      `A request cost ${formatMicroseconds(withIt)} of CPU with the profiler and ${formatMicroseconds(without)} without, by the kernel’s accounting: its cost, or the machine’s noise, is in the CPU times here.`,
      { value: ratio, unit: 'ratio', from: 'CPU time per request with the profiler over without', samples: null },
    ),
  ];
}
