import { shapeEvidence } from '../analysis/format-shape.js';
import type { Limit } from '../analysis/shape-limit.js';
import type { ShapedCurve } from '../analysis/shaped-curves.js';
import { THRESHOLDS } from '../analysis/thresholds.js';
import type { Estimate } from '../analysis/usl.js';
import { ABSENT, formatCount, formatRate, formatShare, formatSignificant } from '../lib/format.js';
import { columns, type Section } from './section.js';

/** Which cells of a gateway's row a remark on its shape belongs to; null where the shape needs none. */
export function shapeRemark({ shape, curve, summary, limit }: ShapedCurve): { fromVus: number; remark: string } | null {
  if (shape.name !== 'cliff' && shape.name !== 'ceiling' && shape.name !== 'plateau') return null;
  const fromVus = shape.name === 'cliff' ? shape.atVus : shape.flat.from.vus;
  const by = limitWords(limit);
  return {
    fromVus,
    remark: `${summary.title}: ${shape.name}, ${shapeEvidence(shape, curve)}${by === ABSENT ? '' : `; limit: ${by}`}.`,
  };
}

/** Null where no gateway has two levels. */
export function shapeSections(shaped: readonly ShapedCurve[]): Section[] {
  if (shaped.length === 0) return [];
  const fitted = shaped.filter(({ usl }) => usl !== null);
  return [shapeSection(shaped), ...(fitted.length === 0 ? [] : [uslSection(fitted)])];
}

function shapeSection(shaped: readonly ShapedCurve[]): Section {
  const { linearEfficiency, cliffShare, cliffFailedShare, flatSlope } = THRESHOLDS.shape;
  return {
    title: 'Shape of the curve',
    lead: [
      `How the rate goes with the number of VUs. Linear: at the most VUs at least ${formatShare(linearEfficiency)} of what they do without a gateway. ` +
        `Ceiling: flat at the end (d ln X / d ln N under ${flatSlope}) with its CPU used up; plateau: flat without that. ` +
        `Cliff: a crash, ${formatShare(cliffFailedShare)} or more failures, or less than ${formatShare(cliffShare)} of the best rate at the most VUs. Sub-linear: none of these.`,
    ],
    table: {
      columns: columns(['Gateway', 'Shape', 'Seen by', 'Limited by'], 4),
      rows: shaped.map(({ summary, shape, curve, limit }) => [
        summary.title,
        shape.name ?? ABSENT,
        shapeEvidence(shape, curve),
        limitWords(limit),
      ]),
    },
    notes: [],
  };
}

function limitWords({ kind, because }: Limit): string {
  const why = because === '' ? '' : `: ${because}`;
  switch (kind) {
    case 'none':
      return ABSENT;
    case 'crash':
      return because;
    case 'errors':
      return `errors${why}`;
    case 'one-thread':
      return `CPU of one thread${why}`;
    case 'all-cpus':
      return `all its CPUs${why}`;
    case 'upstream-pool':
      return `its pool of upstream connections${why}`;
    case 'unknown':
      return because === '' ? 'unknown' : `unknown (${because})`;
    default:
      return kind satisfies never;
  }
}

function uslSection(fitted: readonly ShapedCurve[]): Section {
  const rows = fitted.flatMap(({ summary, usl }) => {
    if (usl === null) return [];
    const { alpha, beta, knee, peak, asymptote, residualShare } = usl;
    return [
      [
        summary.title,
        interval(alpha, (value) => formatSignificant(value, 2)),
        interval(beta, (value) => formatSignificant(value, 2)),
        interval(knee, formatCount),
        interval(peak, formatCount),
        interval(asymptote, formatRate),
        formatShare(residualShare),
      ],
    ];
  });
  return {
    title: 'Universal Scalability Law',
    lead: [
      'X(N) = γN / (1 + α(N − 1) + βN(N − 1)) (Gunther), fitted to all trusted repeats; in square brackets 95 % intervals. ' +
        'α is contention, β coherency. At the knee, 1/α VUs, linear growth would meet the asymptote, γ/α requests per second; at the peak, √((1 − α)/β) VUs, the rate is highest. ' +
        'Where a gateway is limited by a fixed latency first and by itself later, the law bends earlier than the curve does: then the last column is large.',
    ],
    table: {
      columns: columns(['Gateway', 'α', 'β', 'Knee (VUs)', 'Peak (VUs)', 'Asymptote (req/s)', 'Off the curve'], 1),
      rows,
    },
    notes: [],
  };
}

/** `0.0112 [0.0098–0.0131]`; a value that nothing in the data bounds is infinite. */
function interval({ value, low, high }: Estimate, format: (value: number) => string): string {
  const shown = (each: number) => (Number.isFinite(each) && each < 1e9 ? format(each) : '∞');
  return `${shown(value)} [${shown(low)}–${shown(high)}]`;
}
