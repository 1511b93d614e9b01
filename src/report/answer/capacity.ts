import { formatCapacityLevel, formatCapacityRange } from '../../analysis/capacity/format-capacity.js';
import type { Capacity } from '../../analysis/capacity/result.js';
import { formatList } from '../../lib/format.js';
import type { CapacitySearch } from '../../model/capacity.js';
import type { DerivedReport } from '../derived-report.js';
import type { Answer, BestFigure } from './answer.js';
import { contenders } from './standing.js';

/**
 * Of a search: who takes the most load under each objective, and whether that is sure.
 * @returns null for a run that searched nothing
 */
export function capacityAnswer(report: DerivedReport): Answer | null {
  const { capacity: search } = report.run;
  if (search === undefined) return null;
  const under = search.objectives.map(({ text }) => ({ text, ranked: rankedUnder(text, report) }));
  // Of a frontier the one in the middle: neither what hardly anything keeps nor what nearly everything does.
  const middle = Math.floor((under.length - 1) / 2);
  const others = under.filter((_, at) => at !== middle);
  const headline = under.slice(middle, middle + 1).map((each) => objectiveText(each, search));
  return { headline: headline.join(''), sentences: othersText(others, search) };
}

interface Under {
  /** The objective. */
  text: string;
  /** The highest first. */
  ranked: Capacity[];
}

/** Of one gateway they are one sentence. */
function othersText(others: readonly Under[], search: CapacitySearch): string[] {
  if (others.some(({ ranked }) => ranked.length > 1)) return others.map((each) => objectiveText(each, search));
  const parts = others.flatMap(({ text, ranked: [only] }) =>
    only === undefined ? [] : [`${edgeText(only, search)} with ${text}`],
  );
  return parts.length === 0 ? [] : [`It takes ${formatList(parts)}.`];
}

/** The gateway with the highest capacity under each objective. */
export function capacityFigures(report: DerivedReport): BestFigure[] {
  const { capacity: search } = report.run;
  if (search === undefined) return [];
  return search.objectives.flatMap(({ text }): BestFigure[] => {
    const [first, second] = rankedUnder(text, report);
    if (first?.low == null) return [];
    const note = [
      ...(first.kind === 'unfinished' ? ['not decided'] : []),
      ...(second === undefined ? [] : [`next ${second.title}, ${formatCapacityRange(second) ?? 'unknown'}`]),
    ].join('; ');
    const value = formatCapacityLevel(formatCapacityRange(first) ?? '', search.unit);
    return [{ title: text, gateway: first.title, value, note }];
  });
}

/** The highest first. */
function rankedUnder(text: string, report: DerivedReport): Capacity[] {
  const labels = new Set(contenders(report).map(({ label }) => label));
  const own = report.capacities.filter(({ objective, kind }) => objective.text === text && kind !== 'nothing');
  const rivals = own.filter(({ label }) => labels.has(label));
  return (rivals.length === 0 ? own : rivals).toSorted((a, b) => (b.low?.level ?? 0) - (a.low?.level ?? 0));
}

function objectiveText({ text, ranked: [first, second, ...others] }: Under, search: CapacitySearch): string {
  if (first === undefined) return `Nothing was measured of ${text}.`;
  if (first.low === null)
    return `No gateway keeps ${text} at ${formatCapacityLevel(first.levels[0]?.level ?? 1, search.unit)}.`;
  if (second === undefined) return `${first.title} takes ${edgeText(first, search)} with ${text}.`;
  const rest = formatList([second, ...others].map((each) => `${each.title} ${edgeText(each, search)}`));
  const verdict = isSure(first, second)
    ? `${first.title} takes the most load with ${text}: ${edgeText(first, search)}`
    : `${first.title} seems to take the most load with ${text}: ${edgeText(first, search)}`;
  return `${verdict}; ${rest}.`;
}

/** Whether a level that the first keeps is one that the second doesn't. */
function isSure({ lastPass }: Capacity, { firstFail }: Capacity): boolean {
  return lastPass !== null && firstFail !== null && lastPass.level >= firstFail.level;
}

/** `247 to 269 VUs`, `95 to 113 VUs (not decided)`. */
function edgeText(capacity: Capacity, { unit }: CapacitySearch): string {
  const range = formatCapacityRange(capacity);
  const text = range === null ? 'unknown' : formatCapacityLevel(range, unit);
  return capacity.kind === 'unfinished' && range !== null ? `${text} (not decided)` : text;
}
