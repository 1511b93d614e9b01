import { decimal } from '../../report/format.js';
import type { Row } from './median-rows.js';
import { errorUs, type PercentileError } from './percentile-error.js';
import { figureTarget, type Judgement, ratioTarget, type TargetVerdict, unknownTarget } from './target-judgement.js';
import { NO_LATENCY, type UpstreamKind } from './trial.js';

const ENGINE_CPU: { other: string; most: number }[] = [
  { other: 'autocannon', most: 0.45 },
  { other: 'k6', most: 0.15 },
  { other: 'wrk', most: 1.3 },
];

const MOCK_CPU: { other: UpstreamKind; words: string; most: number }[] = [
  { other: 'node-http', words: 'that of node:http with setTimeout', most: 0.6 },
  { other: 'go', words: 'that of the Go mock', most: 1 },
];

const JUDGEMENTS: Judgement[] = [
  ...ENGINE_CPU.map(({ other, most }) =>
    ratioTarget({
      what: `engine CPU per request, 1,000 VUs, 60 ms, to ${other}`,
      ours: { vus: 1000 },
      theirs: { engine: other, vus: 1000 },
      pick: (figures) => figures.engineCpuUs,
      unit: 'µs',
      bound: { most },
    }),
  ),
  ...MOCK_CPU.map(({ other, words, most }) =>
    ratioTarget({
      what: `mock CPU per request, 1,000 VUs, 60 ms, to ${words}`,
      ours: { vus: 1000 },
      theirs: { upstream: other, vus: 1000 },
      pick: (figures) => figures.upstreamCpuUs,
      unit: 'µs',
      bound: { most },
    }),
  ),
  figureTarget({
    what: 'direct RPS, 1,000 VUs, 60 ms',
    of: { vus: 1000 },
    bound: '≥ 16,200 (16,667 is possible)',
    pick: (figures) => figures.ratePerSec,
    meets: (ratePerSec) => ratePerSec >= 16_200,
    words: (ratePerSec) => decimal(ratePerSec, 0),
  }),
  p50Target(1000, '≤ 60.5 ms', (p50Us) => p50Us <= 60_500),
  noneFailed(1000),
  ...[50, 300].map((vus) => p50Target(vus, '60 ± 0.4 ms', (p50Us) => Math.abs(p50Us - 60_000) <= 400)),
  noneFailed(5000),
  figureTarget({
    what: 'every request accounted for, 5,000 VUs, 60 ms',
    of: { vus: 5000 },
    bound: 'yes',
    pick: (figures) => figures.balanced,
    meets: (balanced) => balanced,
    words: (balanced) => (balanced ? 'yes' : 'no'),
  }),
  ratioTarget({
    what: 'RPS, 5,000 VUs, 60 ms, to wrk',
    ours: { vus: 5000 },
    theirs: { engine: 'wrk', vus: 5000 },
    pick: (figures) => figures.ratePerSec,
    unit: 'RPS',
    bound: { least: 1 },
  }),
  ratioTarget({
    what: 'mock RPS, 50 connections, 0 ms, one process, to node:http',
    ours: { latency: NO_LATENCY, vus: 50 },
    theirs: { upstream: 'node-http', latency: NO_LATENCY, vus: 50 },
    pick: (figures) => figures.ratePerSec,
    unit: 'RPS',
    bound: { least: 1.5 },
  }),
];

/** Every target that the harness has set itself, judged by the medians of a run. */
export function judgeTargets(rows: readonly Row[]): TargetVerdict[] {
  return [...JUDGEMENTS.map((judge) => judge(rows)), ...truthVerdicts(rows)];
}

function p50Target(vus: number, bound: string, meets: (p50Us: number) => boolean): Judgement {
  return figureTarget({
    what: `direct p50, ${decimal(vus, 0)} VUs, 60 ms`,
    of: { vus },
    bound,
    pick: (figures) => figures.p50Us,
    meets,
    words: (p50Us) => `${decimal(p50Us / 1000, 2)} ms`,
  });
}

function noneFailed(vus: number): Judgement {
  return figureTarget({
    what: `failed requests, ${decimal(vus, 0)} VUs, 60 ms`,
    of: { vus },
    bound: '0',
    pick: (figures) => figures.failed,
    meets: (failed) => failed === 0,
    words: (failed) => decimal(failed, 0),
  });
}

const TRUTH_BOUND = 'each within 0.5 ms or 1 %';

function truthVerdicts(rows: readonly Row[]): TargetVerdict[] {
  const truths = rows.filter(({ trial }) => trial.againstTruth);
  if (truths.length === 0) {
    return [unknownTarget('p50, p95, p99 less the true delays', TRUTH_BOUND, 'no delays that vary were measured')];
  }
  return truths.map(({ trial, figures, reasons }) => {
    const what = `p50, p95, p99 less the true delays, ${decimal(trial.vus, 0)} VUs, ${trial.latency}`;
    if (figures === null) {
      return unknownTarget(what, TRUTH_BOUND, `could not be measured: ${reasons[0] ?? 'no reason known'}`);
    }
    if (figures.errors.length === 0) return unknownTarget(what, TRUTH_BOUND, 'no true delays were recorded');
    return {
      what,
      bound: TRUTH_BOUND,
      measured: figures.errors.map((error) => `${signedMs(errorUs(error))} ms`).join(', '),
      verdict: figures.errors.every(isClose) ? 'reached' : 'missed',
    };
  });
}

/** Within 0.5 ms or 1 %, whichever is more. */
function isClose(error: PercentileError): boolean {
  return Math.abs(errorUs(error)) <= Math.max(500, error.trueUs / 100);
}

/** `+0.21`, `-1.30`. */
export function signedMs(us: number): string {
  return `${us > 0 ? '+' : ''}${decimal(us / 1000, 2)}`;
}
