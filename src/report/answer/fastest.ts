import { vuLevels } from '../../analysis/summary.js';
import { formatDecimal, formatLevel, formatList, formatRate } from '../../lib/format.js';
import type { LoadModel } from '../../model/load-level.js';
import { formatDifference } from '../format-difference.js';
import { formatRelative } from '../format-interval.js';
import type { DerivedReport } from '../sections.js';
import { type Placed, type Standing, standingAt } from './standing.js';

/** Who is fastest, by how much and how surely: first at the most VUs that tell gateways apart, then at the other levels. */
export interface Fastest {
  /** The VU level that the headline is about; null where no gateway has a rate to trust. */
  vus: number | null;
  headline: string;
  /** How sure it is, and the other levels. */
  sentences: string[];
}

export function fastest(report: DerivedReport): Fastest {
  const standings = vuLevels(report.summaries)
    .map((vus) => standingAt(report, 'rate', vus))
    .filter(({ order }) => order.length > 0);
  const main = standings.findLast(({ order }) => order.length > 1) ?? standings.at(-1);
  if (main === undefined) {
    return { vus: null, headline: 'No gateway has a rate that can be trusted.', sentences: [] };
  }
  return {
    vus: main.vus,
    headline: headline(main),
    sentences: [...certainty(main, report), ...otherLevels(standings, main)],
  };
}

function headline({ order, leading, vus, model }: Standing): string {
  const at = atLevels([vus], model);
  const [first, second] = order;
  if (first === undefined) return '';
  const rate = `${rateOf(first)} requests per second`;
  if (second === undefined) return `${titleOf(first)} alone has a rate to trust ${at}: ${rate}.`;
  if (leading === null) {
    return `${titleOf(first)} had the highest rate ${at}: ${rate}, ${timesAs(first, second)} as many as ${titleOf(second)}.`;
  }
  if (leading.length === 1) return `${titleOf(first)} is the fastest gateway ${at}: ${rate}.`;
  return `${formatList(leading.map(titleOf))} can’t be told apart ${at}: ${rateRange(leading)} requests per second.`;
}

/** What the headline rests on. */
function certainty({ order, leading, comparison, vus, model }: Standing, { run }: DerivedReport): string[] {
  const [first, second] = order;
  if (first === undefined || second === undefined) return [];
  if (leading === null || comparison === null) {
    const { repeats } = run.scenario.load;
    const measured =
      run.until === null && repeats < 3
        ? `Every cell was measured ${repeats === 1 ? 'once' : 'twice'}`
        : `Some gateways have fewer than three trusted repeats ${atLevels([vus], model)}`;
    return [`${measured}, so how much of that is chance isn’t known: three repeats or more give intervals.`];
  }
  const rest = order.filter((placed) => !leading.includes(placed));
  if (leading.length > 1) {
    return [
      ...leading.slice(1).flatMap((placed) => difference(first, placed, comparison).map((text) => `${text}.`)),
      ...(rest.length === 0 ? [] : [`Slower for sure: ${formatList(rest.map(titleOf))}.`]),
    ];
  }
  const differences = rest.slice(0, 3).flatMap((placed) => difference(first, placed, comparison, 'It'));
  return differences.length === 0 ? [] : [`${formatList(differences.map(withoutRepeats))}.`];
}

/** `It is 3 % faster than Portkey and 2.1 times as fast as LiteLLM`: who is faster is said once. */
function withoutRepeats(text: string, at: number): string {
  return at === 0 ? text : text.replace(/^It is /, '');
}

/** `Ferro is 3.1 % faster than Bifrost [1.9, 4.4]`: with titles, where tables have labels. @param nameOfA in place of its title */
function difference(
  a: Placed,
  b: Placed,
  comparison: NonNullable<Standing['comparison']>,
  nameOfA = titleOf(a),
): string[] {
  const labels = [a.summary.label, b.summary.label];
  const pair = comparison.pairs.find((each) => labels.includes(each.a) && labels.includes(each.b));
  if (pair === undefined) return [];
  const title = (label: string) => (label === a.summary.label ? nameOfA : titleOf(b));
  return [formatDifference({ ...pair, a: title(pair.a), b: title(pair.b) }, comparison)];
}

/** Levels with the same leaders share a sentence. */
function otherLevels(standings: readonly Standing[], main: Standing): string[] {
  const groups = new Map<string, Standing[]>();
  for (const standing of standings) {
    if (standing === main) continue;
    const key = JSON.stringify([standing.leading === null, leaders(standing)]);
    groups.set(key, [...(groups.get(key) ?? []), standing]);
  }
  return [...groups.values()].map((group) => {
    const at = atLevels(
      group.map(({ vus }) => vus),
      main.model,
    );
    const [first] = group;
    if (first === undefined) return '';
    const names = leaders(first);
    const isSame = names.join() === leaders(main).join() && (first.leading === null) === (main.leading === null);
    if (first.order.length === 1) return `${capital(at)}, ${formatList(names)} alone has a rate to trust.`;
    const [who, too] = isSame ? ['It', ' too'] : [formatList(names), ''];
    if (first.leading === null) return `${who} had the highest rate ${at}${too}.`;
    if (names.length === 1) return `${who} is the fastest ${at}${too}.`;
    return `${capital(at)}, ${formatList(names)} can’t be told apart${rangeOf(group)}.`;
  });
}

function leaders({ leading, order }: Standing): string[] {
  return (leading ?? order.slice(0, 1)).map(titleOf);
}

function rangeOf([first, ...others]: readonly Standing[]): string {
  return first?.leading == null || others.length > 0 ? '' : ` (${rateRange(first.leading)} requests per second)`;
}

function rateRange(placed: readonly Placed[]): string {
  const values = placed.map(({ value }) => value);
  const [low, high] = [formatRate(Math.min(...values)), formatRate(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

function timesAs(a: Placed, b: Placed): string {
  const ratio = a.value / b.value;
  return `${formatDecimal(ratio, ratio < 10 ? 2 : 1)} times`;
}

function rateOf({ interval, value }: Placed): string {
  return interval === null ? formatRate(value) : formatRelative(interval, formatRate);
}

export function titleOf({ summary }: Placed): string {
  return summary.title;
}

/** `at 50 and 150 VUs`. */
export function atLevels(levels: readonly number[], model: LoadModel): string {
  return `at ${formatLevel(formatList(levels.map((each) => formatDecimal(each, Number.isInteger(each) ? 0 : 1))), model)}`;
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
