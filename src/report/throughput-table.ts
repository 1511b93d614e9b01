import type { ShapedCurve } from '../analysis/shaped-curves.js';
import type { GatewaySummary, LevelSummary } from '../analysis/summary.js';
import {
  ABSENT,
  formatCount,
  formatLevel,
  formatList,
  formatRate,
  formatTitle,
  tabulateMebibytes,
} from '../lib/format.js';
import type { LoadModel } from '../model/load-level.js';
import type { Machine } from '../model/run.js';
import type { ServiceInfo } from '../model/service.js';
import { Footnotes } from './footnotes.js';
import { formatRelative } from './format-interval.js';
import { machineRemark } from './format-machine.js';
import { levelRemarks } from './level-remarks.js';
import { columns, type Section } from './section.js';
import { shapeRemark } from './shape-table.js';

const BY: Record<LoadModel, string> = {
  closed: 'Successful requests per second by number of VUs (closed loop: each VU has one request in flight).',
  open: 'Successful requests per second by planned rate (open loop: requests arrive whatever the responses do).',
};

/** Requests a second by VUs, a row a gateway: the form in which such results are published. */
export function throughputSection(
  summaries: readonly GatewaySummary[],
  machine: Machine,
  shaped: readonly ShapedCurve[],
): Section {
  const vus = [...new Set(summaries.flatMap(({ levels }) => levels.map((level) => level.vus)))].sort((a, b) => a - b);
  const model = summaries[0]?.levels[0]?.model ?? 'closed';
  const isStaged = summaries.some(({ levels }) => levels.some(({ shown }) => shown?.stages !== undefined));
  const titleOf = (level: number) => `${isStaged ? 'All stages, up to ' : ''}${formatLevel(level, model)}`;
  const footnotes = new Footnotes();
  const rows = summaries.map((summary) => {
    const curve = shaped.find((candidate) => candidate.summary === summary);
    const shape = curve === undefined ? null : shapeRemark(curve);
    return [
      marked(nameAndVersion(summary), footnotes.mark(aboutGateway(summary))),
      ...vus.map((count) => {
        const level = summary.levels.find((candidate) => candidate.vus === count);
        if (level === undefined) return ABSENT;
        const onShape = shape !== null && count >= shape.fromVus && level.shown !== null ? [shape.remark] : [];
        return marked(rateCell(level), footnotes.mark([...onShape, ...levelRemarks(summary, level)]));
      }),
      memoryRange(summary),
    ];
  });
  return {
    title: 'Throughput',
    lead: [
      `${BY[model]} ` +
        'Memory is the largest RSS of the whole process tree under load, from the lowest to the highest over the levels; shared pages count once per process.',
      machineRemark(machine),
      ...legend(summaries),
    ],
    table: { columns: columns(['Gateway', ...vus.map(titleOf), 'Memory (MiB)'], 1), rows },
    notes: footnotes.lines(),
  };
}

/** `Kong OSS 3.9.1`. */
export function nameAndVersion({ title, info, planned }: GatewaySummary): string {
  return formatTitle(title, info?.version ?? planned.version);
}

/** `Beside it ran Redis 7.0.15, which isn't part of its figures: up to 12 % of a core and 20 MiB`. */
function servicesNote(services: readonly ServiceInfo[], levels: readonly LevelSummary[]): string[] {
  if (services.length === 0) return [];
  const used = levels.flatMap(({ shown }) => shown?.resources.services ?? []);
  const most = (values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const cpu = most(used.map(({ cpuPercentMean }) => cpuPercentMean));
  const rss = most(used.map(({ rssBytesMax }) => rssBytesMax));
  const names = formatList(services.map(({ title, version }) => formatTitle(title, version)));
  const figures =
    cpu === null || rss === null ? '' : `: up to ${formatCount(cpu)} % of a core and ${tabulateMebibytes(rss)} MiB`;
  return [`Beside it ran ${names}, not counted in its CPU and memory${figures}`];
}

const OBJECT_OPTIONAL = 'Answers without "object": "chat.completion" counted as right, as its manifest says';

function aboutGateway({ title, info, planned, levels }: GatewaySummary): string[] {
  const notes = [
    ...(planned.note === undefined ? [] : [planned.note]),
    ...(info?.notes ?? []),
    ...servicesNote(info?.services ?? [], levels),
    ...(info?.response.object === 'optional' ? [OBJECT_OPTIONAL] : []),
  ];
  return notes.length === 0 ? [] : [`${title}: ${notes.map((note) => note.trim().replace(/\.$/, '')).join('. ')}.`];
}

/**
 * A rate where there is one to trust, with its interval or its range over repeats, in brackets where it isn't, and a word
 * instead of a number where it failed.
 */
export function rateCell({ shown, ratePerSec, intervals }: LevelSummary): string {
  if (shown === null) return '·';
  switch (shown.outcome.kind) {
    case 'ok':
      if (intervals.rate !== undefined) return formatRelative(intervals.rate, formatRate);
      return ratePerSec === null || ratePerSec.repeats < 2
        ? formatRate(shown.ratePerSec)
        : `${formatRate(shown.ratePerSec)} [${formatRate(ratePerSec.min)}–${formatRate(ratePerSec.max)}]`;
    case 'invalid':
      return `(${formatRate(shown.ratePerSec)})`;
    case 'crashed':
    case 'failed':
    case 'skipped':
      return shown.outcome.kind;
    default:
      return shown.outcome satisfies never;
  }
}

function legend(summaries: readonly GatewaySummary[]): string[] {
  const levels = summaries.flatMap((summary) => summary.levels);
  return [
    ...(levels.some(({ intervals }) => intervals.rate !== undefined)
      ? ['Of three and more repeats, ± is half of the 95 % interval of their mean (see Intervals).']
      : []),
    ...(levels.some(({ ratePerSec, intervals }) => (ratePerSec?.repeats ?? 0) > 1 && intervals.rate === undefined)
      ? [
          'Of fewer repeats, the one with the median rate is shown, with the lowest and highest rate in square brackets.',
        ]
      : []),
    ...(levels.some(({ shown }) => shown?.outcome.kind === 'invalid')
      ? ["A rate in (brackets) failed a validity gate: don't trust it."]
      : []),
  ];
}

function memoryRange({ rssBytes }: GatewaySummary): string {
  if (rssBytes === null) return ABSENT;
  const [min, max] = [tabulateMebibytes(rssBytes.min), tabulateMebibytes(rssBytes.max)];
  return min === max ? min : `${min}–${max}`;
}

export function marked(text: string, marks: string): string {
  return marks === '' ? text : `${text} ${marks}`;
}
