import { formatDecimal } from '../../lib/format.js';
import type { Row } from './figures.js';
import {
  differenceTarget,
  figureTarget,
  formatSignedMs,
  type Judgement,
  ratioTarget,
  type TargetVerdict,
  unknownTarget,
} from './judgement.js';
import { errorUs, type PercentileError } from './percentile-errors.js';
import { NO_LATENCY, type UpstreamKind } from './trials.js';

const ENGINE_CPU: { other: string; most: number }[] = [
  { other: 'autocannon', most: 0.45 },
  { other: 'k6', most: 0.15 },
  { other: 'wrk', most: 1.3 },
];

const MOCK_CPU: { other: UpstreamKind; title: string; most: number }[] = [
  { other: 'node-http', title: 'that of node:http with setTimeout', most: 0.6 },
  { other: 'go', title: 'that of the Go mock', most: 1 },
];

/** Engines that must agree with ours where no machine is pressed: at 50 VUs and 60 ms. */
const PARITY_ENGINES = ['autocannon', 'wrk', 'k6'];
const PARITY_VUS = 50;
/** wrk begins its window with nothing in flight, which costs it one response time: 1.2 % of 5 s. */
const PARITY_RATE = 0.03;
const PARITY_P50_US = 500;

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
  ...MOCK_CPU.map(({ other, title, most }) =>
    ratioTarget({
      what: `mock CPU per request, 1,000 VUs, 60 ms, to ${title}`,
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
    format: (ratePerSec) => formatDecimal(ratePerSec, 0),
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
    format: (balanced) => (balanced ? 'yes' : 'no'),
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
  ...PARITY_ENGINES.flatMap(parityTargets),
];

/** Every target that this project has set itself, judged by a run's medians. */
export function judgeTargets(rows: readonly Row[]): TargetVerdict[] {
  return [...JUDGEMENTS.map((judge) => judge(rows)), ...truthVerdicts(rows)];
}

function parityTargets(engine: string): Judgement[] {
  const [theirs, ours] = [{ vus: PARITY_VUS }, { engine, vus: PARITY_VUS }];
  return [
    ratioTarget({
      what: `RPS of ${engine}, ${PARITY_VUS} VUs, 60 ms, to native`,
      ours,
      theirs,
      pick: (figures) => figures.ratePerSec,
      unit: 'RPS',
      bound: { within: PARITY_RATE },
    }),
    differenceTarget({
      what: `p50 of ${engine}, ${PARITY_VUS} VUs, 60 ms, less native's`,
      ours,
      theirs,
      pickUs: (figures) => figures.p50Us,
      mostUs: PARITY_P50_US,
    }),
  ];
}

function p50Target(vus: number, bound: string, meets: (p50Us: number) => boolean): Judgement {
  return figureTarget({
    what: `direct p50, ${formatDecimal(vus, 0)} VUs, 60 ms`,
    of: { vus },
    bound,
    pick: (figures) => figures.p50Us,
    meets,
    format: (p50Us) => `${formatDecimal(p50Us / 1000, 2)} ms`,
  });
}

function noneFailed(vus: number): Judgement {
  return figureTarget({
    what: `failed requests, ${formatDecimal(vus, 0)} VUs, 60 ms`,
    of: { vus },
    bound: '0',
    pick: (figures) => figures.failed,
    meets: (failed) => failed === 0,
    format: (failed) => formatDecimal(failed, 0),
  });
}

const TRUTH_BOUND = 'each within 0.5 ms or 1 %';

function truthVerdicts(rows: readonly Row[]): TargetVerdict[] {
  const truths = rows.filter(({ trial }) => trial.againstTruth);
  if (truths.length === 0) {
    return [unknownTarget('p50, p95, p99 less the true delays', TRUTH_BOUND, 'no delays that vary were measured')];
  }
  return truths.map(({ trial, figures, reasons }) => {
    const what = `p50, p95, p99 less the true delays, ${formatDecimal(trial.vus, 0)} VUs, ${trial.latency}`;
    if (figures === null) {
      return unknownTarget(what, TRUTH_BOUND, `could not be measured: ${reasons[0] ?? 'no reason known'}`);
    }
    if (figures.errors.length === 0) return unknownTarget(what, TRUTH_BOUND, 'no true delays were recorded');
    return {
      what,
      bound: TRUTH_BOUND,
      measured: figures.errors.map((error) => `${formatSignedMs(errorUs(error))} ms`).join(', '),
      verdict: figures.errors.every(isClose) ? 'reached' : 'missed',
    };
  });
}

/** Within 0.5 ms or 1 %, whichever is more. */
function isClose(error: PercentileError): boolean {
  return Math.abs(errorUs(error)) <= Math.max(500, error.trueUs / 100);
}
