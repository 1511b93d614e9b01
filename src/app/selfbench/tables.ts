import { ABSENT, formatDecimal, formatRate, tabulateMilliseconds } from '../../lib/format.js';
import { columns, type Section } from '../../report/section.js';
import type { Figures, Row } from './figures.js';
import { formatSignedMs, type TargetVerdict } from './judgement.js';
import { errorUs } from './percentile-errors.js';
import { FIXED_LATENCY, type Trial } from './trials.js';

/** Engines that the others are compared with, in column order. */
const ENGINES_COMPARED = ['autocannon', 'wrk', 'k6'];

export function targetsSection(targets: readonly TargetVerdict[]): Section {
  return {
    title: 'Targets',
    lead: ['What this project expects of its own engine and mock, judged by the medians below.'],
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
      "CPU is microseconds per completed request: of the engine's processes (with gatebench's own share of the work), and of " +
        "the upstream's. Ratios compare engine CPU per request with that of the engine named.",
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
        formatDecimal(row.trial.vus, 0),
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
    notes: [`* drives the mocks below. ${spreadNote('engine CPU')}`, ...failureNotes(shown)],
  };
}

/** What each engine measures of the same load, compared with the driver. */
export function paritySection(rows: readonly Row[], driver: string): Section {
  const shown = rows.filter(
    ({ trial }) =>
      trial.upstream === 'mock' && trial.latency === FIXED_LATENCY && rows.some((row) => isOther(row, trial)),
  );
  return {
    title: 'Parity',
    lead: [
      `What each engine measures of the mock at 60 ms, compared with ${driver}: RPS and p99 as a ratio, p50 as a difference. ` +
        'Where the machine is not busy, they should agree.',
    ],
    table: {
      columns: columns(['VUs', 'Engine', 'RPS', 'ratio', 'p50', 'difference', 'p99', 'ratio'], 2),
      rows: shown.map(({ trial, figures }) => {
        const other = sibling(shown, trial, { engine: driver })?.figures;
        return [
          formatDecimal(trial.vus, 0),
          trial.engine,
          formatRate(figures?.ratePerSec ?? null),
          ratio(figures?.ratePerSec, other?.ratePerSec, 3),
          tabulateMilliseconds(figures?.p50Us ?? null),
          difference(figures?.p50Us, other?.p50Us),
          tabulateMilliseconds(figures?.p99Us ?? null),
          ratio(figures?.p99Us, other?.p99Us),
        ];
      }),
    },
    notes: shown.length === 0 ? [] : ['Times in ms.'],
  };
}

/** Whether a row differs from a trial in its engine alone. */
function isOther({ trial }: Row, { engine, upstream, latency, vus }: Trial): boolean {
  return trial.engine !== engine && trial.upstream === upstream && trial.latency === latency && trial.vus === vus;
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
      `Driven by the engine ${driver}. Ratios compare upstream CPU per request with that of the peer named. Every peer is ` +
        'one process; Go uses as many threads as it likes.',
    ],
    table: {
      columns: columns(
        ['Upstream', 'VUs', ...FIGURE_TITLES, 'Upstream CPU', 'to node-http', 'to go', 'Engine CPU', 'Spread'],
        2,
      ),
      rows: shown.map((row) => [
        formatUpstream(row.trial),
        formatDecimal(row.trial.vus, 0),
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

/** Percentiles of varying delays, as measured and as they were. */
export function truthSection(rows: readonly Row[]): Section {
  const shown = rows.filter(({ trial }) => trial.againstTruth);
  return {
    title: 'Percentiles against the truth',
    lead: [
      'The mock records every true delay; the engine measures without knowing them. Each line is from the round with the ' +
        'median error.',
    ],
    table: {
      columns: columns(['Delays', 'VUs', 'Percentile', 'Measured (ms)', 'True (ms)', 'Error (ms)', 'Error (%)'], 1),
      rows: shown.flatMap(({ trial, figures }) =>
        (figures?.errors ?? []).map((error) => [
          trial.latency,
          formatDecimal(trial.vus, 0),
          `p${error.q * 100}`,
          formatDecimal(error.measuredUs / 1000, 2),
          formatDecimal(error.trueUs / 1000, 2),
          formatSignedMs(errorUs(error)),
          formatDecimal((100 * errorUs(error)) / error.trueUs, 2),
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
    formatRate(ratePerSec),
    tabulateMilliseconds(p50Us),
    tabulateMilliseconds(p99Us),
    tabulateMilliseconds(p999Us),
    formatDecimal(failed, 0),
    balanced === null ? ABSENT : balanced ? 'balance' : 'DO NOT BALANCE',
  ];
}

function formatUpstream({ upstream, latency }: Trial): string {
  return latency === FIXED_LATENCY ? `${upstream}, 60 ms` : `${upstream}, 0 ms`;
}

/** The row that differs from a trial only in its engine or upstream. */
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
  return us === null || us === undefined ? ABSENT : formatDecimal(us, 1);
}

function ratio(ours: number | null | undefined, theirs: number | null | undefined, decimals = 2): string {
  return ours === null || ours === undefined || !theirs ? ABSENT : formatDecimal(ours / theirs, decimals);
}

function difference(oursUs: number | null | undefined, theirsUs: number | null | undefined): string {
  return typeof oursUs === 'number' && typeof theirsUs === 'number' ? formatSignedMs(oursUs - theirsUs) : ABSENT;
}

function spread(share: number | null): string {
  return share === null ? ABSENT : `${formatDecimal(share * 100, 0)} %`;
}

function spreadNote(what: string): string {
  return `Times in ms. Failed: sum of all rounds. Spread: (largest - smallest) / median of the rounds' ${what}.`;
}

function failureNotes(rows: readonly Row[]): string[] {
  return rows.flatMap(({ trial, reasons }) =>
    reasons.map(
      (reason) =>
        `${trial.engine}, ${formatUpstream(trial)}, ${formatDecimal(trial.vus, 0)} VUs: not measured: ${reason}`,
    ),
  );
}
