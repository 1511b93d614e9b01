import { stringify } from 'csv-stringify/sync';
import type { RunClass } from '../../analysis/run-comparison/run-classes.js';
import type { HistoryRun } from '../../analysis/trend.js';
import { formatTitle } from '../../lib/format.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import { formatMachineClass } from '../format-machine.js';
import { columns, type Section } from '../section.js';

/** A run in one line. */
export interface RunLine {
  id: string;
  createdAt: string;
  /** Of runs that compare with one another. */
  class: string;
  machine: string;
  scenario: string;
  engine: string;
  gateways: { label: string; title: string; version: string | null }[];
  cells: number;
  outcomes: Record<(typeof OUTCOMES)[number], number>;
  /** Planned, and without a record that can be read. */
  missing: number;
}

const OUTCOMES = ['ok', 'invalid', 'crashed', 'failed', 'skipped'] as const;

/** Newest first. */
export function runLines(classes: readonly RunClass<HistoryRun>[]): RunLine[] {
  return classes
    .flatMap((each) => each.runs.map((run) => runLine(run, each.name)))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
}

function runLine({ run, records, summaries }: HistoryRun, className: string): RunLine {
  // As reports count them: what compares cells may say that one can't be trusted.
  const cells = [
    ...summaries.flatMap(({ levels }) => levels.flatMap((level) => level.records)),
    ...records.filter(({ cell }) => cell.profiler !== null),
  ];
  const count = (kind: string) => cells.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    id: run.id,
    createdAt: run.createdAt,
    class: className,
    machine: formatMachineClass(run.machine),
    scenario: run.scenario.name,
    engine: `${run.engine.name} ${run.engine.version}`,
    gateways: run.gateways.map(({ gateway, variant, title, version }) => {
      const label = gatewayLabel({ name: gateway, variant });
      return { label, title, version: summaries.find((each) => each.label === label)?.info?.version ?? version };
    }),
    cells: run.cells.length,
    outcomes: {
      ok: count('ok'),
      invalid: count('invalid'),
      crashed: count('crashed'),
      failed: count('failed'),
      skipped: count('skipped'),
    },
    missing: run.cells.length - records.length,
  };
}

/** `38 ok, 1 crashed, 1 not measured`. */
function formatOutcomes({ outcomes, missing, cells }: RunLine): string {
  const parts = OUTCOMES.filter((kind) => outcomes[kind] > 0).map((kind) => `${outcomes[kind]} ${kind}`);
  return [...parts, ...(missing > 0 ? [`${missing} not measured`] : []), ...(cells === 0 ? ['none'] : [])].join(', ');
}

/** `2026-05-04 10:00`, in UTC. */
export function formatMoment(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** One line a run, and what tells the classes apart. */
export function runListSection(lines: readonly RunLine[], classes: readonly RunClass<HistoryRun>[]): Section {
  return {
    title: lines.length === 1 ? '1 run' : `${lines.length} runs`,
    lead: [],
    table: {
      columns: columns(['Run', 'Date (UTC)', 'Class', 'Scenario', 'Gateways', 'Cells'], 6),
      rows: lines.map((line) => [
        line.id,
        formatMoment(line.createdAt),
        line.class,
        line.scenario,
        line.gateways.map(({ label }) => label).join(', '),
        formatOutcomes(line),
      ]),
    },
    notes: classNotes(classes),
  };
}

/** What a class is, and why it isn't the one before. */
export function classNotes(classes: readonly RunClass<HistoryRun>[]): string[] {
  return classes.map(({ name, runs: [first], differs }) => {
    const what = `Class ${name}: ${formatMachineClass(first.run.machine)}; ${first.run.engine.name} ${first.run.engine.version}.`;
    return differs.length === 0 ? what : `${what} It doesn’t compare with the one before: ${differs.join('; ')}.`;
  });
}

/** One row a run, gateways with their versions in one column. */
export function runListCsv(lines: readonly RunLine[]): string {
  return stringify(
    lines.map(({ id, createdAt, class: name, machine, scenario, engine, gateways, cells, outcomes, missing }) => ({
      run: id,
      created_at: createdAt,
      class: name,
      machine,
      scenario,
      engine,
      gateways: gateways.map(({ title, version }) => formatTitle(title, version)).join('; '),
      cells,
      ...outcomes,
      missing,
    })),
    { header: true, columns: CSV_COLUMNS },
  );
}

const CSV_COLUMNS = [
  'run',
  'created_at',
  'class',
  'machine',
  'scenario',
  'engine',
  'gateways',
  'cells',
  ...OUTCOMES,
  'missing',
];
