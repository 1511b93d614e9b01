import { constantLatencyS } from '../../common/latency.js';
import { formatDecimal } from '../lib/format.js';
import type { Claims, PublishedShape } from '../model/claims.js';
import type { MeasuredRun, VerdictKind } from './claim-verdicts.js';
import { claimedSummary } from './claims.js';
import { isUndisturbed } from './expectations.js';
import { shapeEvidence } from './format-shape.js';
import { isPlainRequest } from './plain-request.js';
import { publishedCurve } from './published-curves.js';
import { shapeOf } from './shape.js';
import { type ShapedCurve, shapedCurves } from './shaped-curves.js';

export interface ShapeVerdict {
  published: PublishedShape;
  verdict: VerdictKind;
  measured: string | null;
  /** One or two sentences. */
  sentence: string;
}

/** A verdict on every published shape, by the first of the runs that gives its gateway a shape. */
export function judgeShapes(claims: Claims, runs: readonly MeasuredRun[]): ShapeVerdict[] {
  return claims.shapes.map((published) => {
    const curve = publishedCurve(claims, published.gateway, published.source);
    const itsOwn = shapeOf(curve);
    if (itsOwn.name !== null && itsOwn.name !== published.shape) {
      const sentence = `Its own figures make it ${itsOwn.name}: ${shapeEvidence(itsOwn, curve)}.`;
      return { published, verdict: 'contradicted', measured: null, sentence };
    }
    const upstreamMs = claims.sources[published.source]?.upstreamLatencyMs ?? null;
    const found = runs.flatMap((measured) => findShape(published.gateway, upstreamMs, measured) ?? []);
    const [first] = found;
    if (first === undefined) {
      const sentence = 'No run given has its gateway at enough VU levels.';
      return { published, verdict: 'not-measured', measured: null, sentence };
    }
    const cpuKnown = curve.levels.some(({ cpuPercent }) => cpuPercent !== null);
    return { published, measured: first.shape.name, ...judge(published, first, { cpuKnown, cpus: curve.cpus }) };
  });
}

/** Published shapes are of whole responses against a published latency; another upstream makes another curve. */
function findShape(gateway: string, upstreamMs: number | null, { run, summaries }: MeasuredRun): ShapedCurve | null {
  const latencyS = constantLatencyS(run.scenario.upstream.latency);
  if (!isUndisturbed(run.scenario)) return null;
  if (
    !isPlainRequest(run.scenario) ||
    run.scenario.request.stream ||
    latencyS === null ||
    latencyS * 1000 !== upstreamMs
  )
    return null;
  const summary = claimedSummary(gateway, summaries);
  const own = shapedCurves(run, summaries).find((curve) => curve.summary === summary);
  return own === undefined || own.shape.name === null ? null : own;
}

function judge(
  { shape: claimed }: PublishedShape,
  { shape, curve, limit }: ShapedCurve,
  published: { cpuKnown: boolean; cpus: number | null },
): { verdict: VerdictKind; sentence: string } {
  const sentence = `Measured ${shape.name}: ${shapeEvidence(shape, curve)}.`;
  if (shape.name === claimed) return { verdict: 'reproduced', sentence };
  if (claimed === 'plateau' && shape.name === 'ceiling' && !published.cpuKnown) {
    return {
      verdict: 'reproduced',
      sentence: `${sentence} No CPU was published; with it the same curve is a ceiling.`,
    };
  }
  const fewer = published.cpus !== null && curve.cpus !== null && curve.cpus < published.cpus;
  if (fewer && (limit.kind === 'all-cpus' || curve.levels.at(-1)?.harnessLimit != null)) {
    const cpus = `${formatDecimal(curve.cpus ?? 0, 0)} CPUs here and ${formatDecimal(published.cpus ?? 0, 0)} there`;
    return { verdict: 'not-comparable', sentence: `${sentence} It is limited by the CPUs, ${cpus}.` };
  }
  return { verdict: 'differs', sentence };
}
