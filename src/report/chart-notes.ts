import { formatCrashTime, oneLine } from '../analysis/format-outcome.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import type { DrawnNote, Mark, MarkColumn } from '../lib/drawing.js';
import { formatLevel, formatList } from '../lib/format.js';
import type { LoadModel } from '../model/load-level.js';
import type { Outcome } from '../model/record.js';
import type { DrawnGateway, GatewayLook } from './chart-style.js';

/** Characters of a reason; the whole of it is under the throughput table. */
const REASON_LENGTH = 140;

type NotedKind = 'crashed' | 'failed' | 'invalid';

/** Cells of one gateway that share a note. */
interface CellNote {
  drawn: DrawnGateway;
  kind: NotedKind;
  /** Ascending. */
  levels: LevelSummary[];
  number: number;
}

/** What a chart says about cells that are not ok, besides what it draws of them. */
export interface CellNotes {
  /** Numbered in reading order: by VUs, then by gateway. */
  notes: DrawnNote[];
  /** Which notes a gateway has at a level, in the order of their numbers. */
  numbersOf(summary: GatewaySummary, vus: number): { kind: NotedKind; number: number }[];
}

/**
 * Notes on every cell that crashed, failed or is invalid, one for all cells of a gateway with the same reason, and a line
 * on what wasn't measured. A repeat that crashed or failed is noted even if the others have a figure.
 */
export function cellNotes(gateways: readonly DrawnGateway[]): CellNotes {
  const byReason = new Map<string, CellNote>();
  const vus = [...new Set(gateways.flatMap(({ summary }) => summary.levels.map((level) => level.vus)))];
  for (const count of vus.sort((a, b) => a - b)) {
    for (const drawn of gateways) {
      const level = drawn.summary.levels.find((candidate) => candidate.vus === count);
      if (level === undefined) continue;
      for (const kind of kindsAt(level)) {
        const key = JSON.stringify([drawn.summary.label, kind, sameReason(firstOf(level, kind))]);
        const known = byReason.get(key);
        if (known === undefined) byReason.set(key, { drawn, kind, levels: [level], number: byReason.size + 1 });
        else known.levels.push(level);
      }
    }
  }
  const noted = [...byReason.values()];
  const unmeasured = formatUnmeasured(gateways.map(({ summary }) => summary));
  return {
    notes: [
      ...formatKey(noted),
      ...noted.map((note) => ({ number: note.number, text: formatNote(note) })),
      ...(unmeasured === '' ? [] : [{ number: null, text: unmeasured }]),
    ],
    numbersOf: (summary, count) =>
      noted
        .filter((note) => note.drawn.summary === summary && note.levels.some((level) => level.vus === count))
        .map(({ kind, number }) => ({ kind, number })),
  };
}

/**
 * The marks of a chart by VUs.
 * @param placeOf where on the x axis a level is, 0 to 1
 * @param invalidPoint the symbol of an invalid cell; the gateway's own unless given
 */
export function markColumns(
  gateways: readonly DrawnGateway[],
  { numbersOf }: CellNotes,
  levels: readonly number[],
  placeOf: (vus: number) => number,
  invalidPoint?: Mark['point'],
): MarkColumn[] {
  const columns = levels.map((vus) => ({
    at: placeOf(vus),
    marks: gateways.flatMap(({ summary, look }) =>
      numbersOf(summary, vus).map(({ kind, number }) => ({
        colour: look.colour,
        point: pointOf(kind, look, invalidPoint),
        note: number,
      })),
    ),
  }));
  return columns.filter(({ marks }) => marks.length > 0);
}

/** Whether a chart has anything of a gateway: a figure or a mark. */
export function wasStarted({ summary }: DrawnGateway): boolean {
  return summary.levels.some(({ shown }) => shown !== null && shown.outcome.kind !== 'skipped');
}

function pointOf(kind: NotedKind, { point }: GatewayLook, invalidPoint: Mark['point'] = point): Mark['point'] {
  switch (kind) {
    case 'crashed':
      return { style: 'crossRot', rotation: 0 };
    case 'failed':
      return { style: 'cross', rotation: 0 };
    case 'invalid':
      return invalidPoint;
    default:
      return kind satisfies never;
  }
}

function kindsAt({ records, shown }: LevelSummary): NotedKind[] {
  const has = (kind: NotedKind) => records.some(({ outcome }) => outcome.kind === kind);
  return [
    ...(has('crashed') ? (['crashed'] as const) : []),
    ...(has('failed') ? (['failed'] as const) : []),
    ...(shown?.outcome.kind === 'invalid' ? (['invalid'] as const) : []),
  ];
}

function firstOf<K extends NotedKind>({ records, shown }: LevelSummary, kind: K): Extract<Outcome, { kind: K }> {
  const isOfKind = (outcome: Outcome): outcome is Extract<Outcome, { kind: K }> => outcome.kind === kind;
  const outcome = [shown, ...records].flatMap((record) => record?.outcome ?? []).find(isOfKind);
  if (outcome === undefined) throw new RangeError(`no repeat is ${kind}`);
  return outcome;
}

/** Equal for cells that went wrong in the same way: figures may differ. */
function sameReason(outcome: Extract<Outcome, { kind: NotedKind }>): string {
  switch (outcome.kind) {
    case 'crashed':
      return outcome.reason;
    case 'failed':
      return `${outcome.stage}: ${outcome.error}`;
    case 'invalid':
      // "mock upstream: answers were late by …": the gate.
      return outcome.reasons.map((reason) => reason.split(':')[0]).join('; ');
    default:
      return outcome satisfies never;
  }
}

function formatNote(note: CellNote): string {
  const { drawn, kind, levels } = note;
  const { title } = drawn.summary;
  const [first] = levels;
  if (first === undefined) return title;
  switch (kind) {
    case 'crashed': {
      return `${title} crashed at ${placesOfCrash(levels)}: ${short(firstOf(first, kind).reason)}.`;
    }
    case 'failed': {
      const { stage, error } = firstOf(first, kind);
      return `${title} failed at ${formatLevels(levels, kind)}, stage "${stage}": ${short(error)}.`;
    }
    case 'invalid': {
      const { reasons } = firstOf(first, kind);
      const more = reasons.length === 1 ? '' : `; and ${reasons.length - 1} more`;
      const where = levels.length === 1 ? '' : ` (this one at ${formatLevel(first.vus, first.model)})`;
      return `${title} invalid at ${formatLevels(levels, kind)}: ${short(reasons[0] ?? '')}${more}${where}.`;
    }
    default:
      return kind satisfies never;
  }
}

/** `300 VUs (12.3 s into the window, 2 of 3 repeats) and 500 and 750 VUs (after the load had ended)`. */
function placesOfCrash(levels: readonly LevelSummary[]): string {
  const byTime = new Map<string, string[]>();
  for (const level of levels) {
    const time = `${formatCrashTime(firstOf(level, 'crashed'))}${ofRepeats(level, 'crashed')}`;
    byTime.set(time, [...(byTime.get(time) ?? []), String(level.vus)]);
  }
  const model = modelOf(levels);
  return formatList([...byTime].map(([time, vus]) => `${formatLevel(formatList(vus), model)} (${time})`));
}

/** `300 and 500 VUs`; of a level with several repeats, how many. */
function formatLevels(levels: readonly LevelSummary[], kind: NotedKind): string {
  const counts = levels.map((level) => `${level.vus}${ofRepeats(level, kind, ' (', ')')}`);
  return formatLevel(formatList(counts), modelOf(levels));
}

function modelOf(levels: readonly LevelSummary[]): LoadModel {
  return levels[0]?.model ?? 'closed';
}

function ofRepeats({ records, planned }: LevelSummary, kind: NotedKind, before = ', ', after = ''): string {
  const count = records.filter(({ outcome }) => outcome.kind === kind).length;
  return planned === 1 || count === planned ? '' : `${before}${count} of ${planned} repeats${after}`;
}

/** What the symbols mean, of those that are there. */
function formatKey(notes: readonly CellNote[]): DrawnNote[] {
  const has = (kind: NotedKind) => notes.some((note) => note.kind === kind);
  const symbols = [
    ...(has('crashed') ? ['✕ crashed'] : []),
    ...(has('failed') ? ['+ failed'] : []),
    ...(has('invalid') ? ['hollow: invalid, not to be trusted'] : []),
  ];
  const [first = ''] = symbols;
  const text = [`${first.slice(0, 1).toUpperCase()}${first.slice(1)}`, ...symbols.slice(1)].join('; ');
  return symbols.length === 0 ? [] : [{ number: null, text: `${text}. Numbers are these notes:` }];
}

/** `Not measured: Kong (skipped: …); Ferro at 300 and 500 VUs (not measured yet).` Empty for none. */
function formatUnmeasured(summaries: readonly GatewaySummary[]): string {
  const groups = summaries.flatMap((summary) => {
    const byReason = new Map<string, string[]>();
    for (const { vus, shown } of summary.levels) {
      const reason =
        shown === null
          ? 'not yet'
          : shown.outcome.kind === 'skipped'
            ? `skipped: ${short(shown.outcome.reason)}`
            : null;
      if (reason !== null) byReason.set(reason, [...(byReason.get(reason) ?? []), String(vus)]);
    }
    return [...byReason].map(([reason, vus]) =>
      vus.length === summary.levels.length
        ? `${summary.title} (${reason})`
        : `${summary.title} at ${formatLevel(formatList(vus), modelOf(summary.levels))} (${reason})`,
    );
  });
  return groups.length === 0 ? '' : `Not measured: ${groups.join('; ')}.`;
}

function short(text: string): string {
  const clean = oneLine(text).replace(/\.$/, '');
  return clean.length <= REASON_LENGTH ? clean : `${clean.slice(0, REASON_LENGTH - 1).trimEnd()}…`;
}
