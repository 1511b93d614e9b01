import { ABSENT, decimal, milliseconds, rate } from '../../report/format.js';
import { columns, type Section } from '../../report/section.js';
import type { Figures } from './figures.js';
import type { Row } from './median-rows.js';
import { errorUs } from './percentile-error.js';
import type { TargetVerdict } from './target-judgement.js';
import { signedMs } from './targets.js';
import { FIXED_LATENCY, type Trial } from './trial.js';

/** What the engines are compared with, in the order of the columns. */
const ENGINES_COMPARED = ['autocannon', 'wrk', 'k6'];

export function targetsSection(targets: readonly TargetVerdict[]): Section {
  return {
    title: 'Targets',
    lead: ['What this project asks of its own engine and mock, judged by the medians below.'],
    table: {
      columns: columns(['Target', 'Bound', 'Measured', 'Verdict'], 4),
      rows: targets.map(({ what, bound, measured, verdict }) => [what, bound, measured, verdict]),
    },
    notes: [],
  };
}

/** Engines side by side, against the mock and against nginx. */
export function enginesSection(rows: readonly Row[], driver: string): Section {
  const compared = ENGINES_COMPARED.filter((name) => rows.some(({ trial }) => trial.engine === name));
  const shown = rows.filter(
    ({ trial }) => !trial.againstTruth && (trial.upstream === 'mock' || trial.upstream === 'nginx'),
  );
  return {
    title: 'Engines',
    lead: [
      'CPU is microseconds per completed request: of the processes of the engine (with the part of gatebench that puts ' +
        'their seconds together), and of those of the upstream. A ratio is of engine CPU per request, to the engine named.',
    ],
    table: {
      columns: columns(
        [
          'Upstream',
          'VUs',
          'Engine',
          ...FIGURE_TITLES,
          'Engine CPU',
          ...compared.map((name) => `to ${name}`),
          'Upstream CPU',
          'Spread',
        ],
        3,
      ),
      rows: shown.map((row) => [
        formatUpstream(row.trial),
        decimal(row.trial.vus, 0),
        row.trial.engine === driver ? `${row.trial.engine} *` : row.trial.engine,
        ...figureCells(row.figures),
        cpu(row.figures?.engineCpuUs),
        ...compared.map((name) =>
          ratio(row.figures?.engineCpuUs, sibling(shown, row.trial, { engine: name })?.figures?.engineCpuUs),
        ),
        cpu(row.figures?.upstreamCpuUs),
        spread(row.spread.engineCpu),
      ]),
    },
    notes: [`* the engine that drives the mocks below. ${spreadNote('engine CPU')}`, ...failureNotes(shown)],
  };
}

/** Our mock beside its peers, all driven by one engine. */
export function mocksSection(rows: readonly Row[], driver: string): Section {
  const peers = rows.filter(({ trial }) => trial.upstream === 'node-http' || trial.upstream === 'go');
  const shown = rows.filter(
    (row) =>
      peers.includes(row) ||
      (row.trial.engine === driver &&
        row.trial.upstream === 'mock' &&
        peers.some(({ trial }) => trial.latency === row.trial.latency && trial.vus === row.trial.vus)),
  );
  return {
    title: 'Mocks',
    lead: [
      `Driven by the engine ${driver}. Ratios are of upstream CPU per request, to the peer named. The peers have one process; ` +
        'Go uses as many threads as it likes.',
    ],
    table: {
      columns: columns(
        ['Upstream', 'VUs', ...FIGURE_TITLES, 'Upstream CPU', 'to node-http', 'to go', 'Engine CPU', 'Spread'],
        2,
      ),
      rows: shown.map((row) => [
        formatUpstream(row.trial),
        decimal(row.trial.vus, 0),
        ...figureCells(row.figures),
        cpu(row.figures?.upstreamCpuUs),
        ...(['node-http', 'go'] as const).map((upstream) =>
          ratio(row.figures?.upstreamCpuUs, sibling(shown, row.trial, { upstream })?.figures?.upstreamCpuUs),
        ),
        cpu(row.figures?.engineCpuUs),
        spread(row.spread.upstreamCpu),
      ]),
    },
    notes: shown.length === 0 ? [] : [spreadNote('upstream CPU'), ...failureNotes(shown)],
  };
}

/** Percentiles of delays that vary, as measured and as they truly were. */
export function truthSection(rows: readonly Row[]): Section {
  const shown = rows.filter(({ trial }) => trial.againstTruth);
  return {
    title: 'Percentiles against the truth',
    lead: [
      'The mock records every delay that it gave; the engine, which knows nothing of them, measures. Each line is the round ' +
        'whose error is the middle one.',
    ],
    table: {
      columns: columns(['Delays', 'VUs', 'Percentile', 'Measured (ms)', 'True (ms)', 'Error (ms)', 'Error (%)'], 1),
      rows: shown.flatMap(({ trial, figures }) =>
        (figures?.errors ?? []).map((error) => [
          trial.latency,
          decimal(trial.vus, 0),
          `p${error.q * 100}`,
          decimal(error.measuredUs / 1000, 2),
          decimal(error.trueUs / 1000, 2),
          signedMs(errorUs(error)),
          decimal((100 * errorUs(error)) / error.trueUs, 2),
        ]),
      ),
    },
    notes: failureNotes(shown),
  };
}

const FIGURE_TITLES = ['RPS', 'p50', 'p99', 'p99.9', 'Failed', 'Accounts'];

function figureCells(figures: Figures | null): string[] {
  if (figures === null) return FIGURE_TITLES.map(() => ABSENT);
  const { ratePerSec, p50Us, p99Us, p999Us, failed, balanced } = figures;
  return [
    rate(ratePerSec),
    milliseconds(p50Us),
    milliseconds(p99Us),
    milliseconds(p999Us),
    decimal(failed, 0),
    balanced === null ? ABSENT : balanced ? 'balance' : 'DO NOT BALANCE',
  ];
}

function formatUpstream({ upstream, latency }: Trial): string {
  return latency === FIXED_LATENCY ? `${upstream}, 60 ms` : `${upstream}, 0 ms`;
}

/** The row that differs from a trial in its engine or its upstream alone. */
function sibling(rows: readonly Row[], trial: Trial, other: Partial<Pick<Trial, 'engine' | 'upstream'>>) {
  const wanted = { ...trial, ...other };
  return rows.find(
    (row) =>
      row.trial.engine === wanted.engine &&
      row.trial.upstream === wanted.upstream &&
      row.trial.latency === wanted.latency &&
      row.trial.vus === wanted.vus,
  );
}

function cpu(us: number | null | undefined): string {
  return us === null || us === undefined ? ABSENT : decimal(us, 1);
}

function ratio(ours: number | null | undefined, theirs: number | null | undefined): string {
  return ours === null || ours === undefined || !theirs ? ABSENT : decimal(ours / theirs, 2);
}

function spread(share: number | null): string {
  return share === null ? ABSENT : `${decimal(share * 100, 0)} %`;
}

function spreadNote(what: string): string {
  return `Times in ms. Failed: of all rounds. Spread: largest less smallest ${what} of the rounds, over its median.`;
}

function failureNotes(rows: readonly Row[]): string[] {
  return rows.flatMap(({ trial, reasons }) =>
    reasons.map(
      (reason) => `${trial.engine}, ${formatUpstream(trial)}, ${decimal(trial.vus, 0)} VUs: not measured: ${reason}`,
    ),
  );
}
