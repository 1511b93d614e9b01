import { formatDecimal, formatLevel, formatList } from '../../lib/format.js';
import type { LoadModel } from '../../model/load-level.js';
import type { DerivedReport } from '../derived-report.js';
import { formatDifference } from '../format-difference.js';
import { formatRelative } from '../format-interval.js';
import type { Answer } from './answer.js';
import { contenders, type Placed, type Standing, titleOf } from './standing.js';

/** What a ranking is by, in words. */
export interface RankingWords {
  /** `1,480`, `61.3 ms`. */
  format(value: number): string;
  /** `1,480 requests per second`, `p99 61.3 ms`. */
  figure(text: string): string;
  /** Of the first, with nothing known of chance: `had the highest rate`, and its figure behind that. */
  best: string;
  bestFigure(text: string): string;
  /** By how much: `2.00 times as many as b`. */
  beside(first: Placed, second: Placed): string;
  /** Of one that has no rival: `has a rate to trust`. */
  alone: string;
  /** Of one that has none to be compared with, behind its name: `answered 1,480 requests per second at 50 VUs`. */
  only(figure: string, at: string): string;
  nobody: string;
}

/** Who is first, by how much and how surely: at the highest level that tells gateways apart, then at the other levels. @param standings of all levels */
export function ranking(report: DerivedReport, all: readonly Standing[], words: RankingWords): Answer {
  const standings = all.filter(({ order }) => order.length > 0);
  const main = standings.findLast(({ order }) => order.length > 1) ?? standings.at(-1);
  if (main === undefined) return { headline: words.nobody, sentences: [] };
  const isOnly = contenders(report).length === 1;
  return {
    headline: headline(main, words, isOnly),
    sentences: [...certainty(main, report), ...(isOnly ? [] : otherLevels(standings, main, words))],
  };
}

function headline({ order, leading, vus, model }: Standing, words: RankingWords, isOnly: boolean): string {
  const at = atLevels([vus], model);
  const [first, second] = order;
  if (first === undefined) return '';
  const figure = words.figure(figureOf(first, words));
  if (isOnly) return `${titleOf(first)} ${words.only(figure, at)}.`;
  if (second === undefined) return `${titleOf(first)} alone ${words.alone} ${at}: ${figure}.`;
  if (leading === null) {
    const best = words.bestFigure(figureOf(first, words));
    return `${titleOf(first)} ${words.best} ${at}: ${best}, ${words.beside(first, second)}.`;
  }
  if (leading.length === 1) return `${titleOf(first)} is the fastest gateway ${at}: ${figure}.`;
  return `${formatList(leading.map(titleOf))} can’t be told apart ${at}: ${words.figure(rangeOf(leading, words))}.`;
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
  const others = rest.slice(0, 3);
  if (comparison.metric !== 'rate') {
    return others.flatMap((placed) => difference(first, placed, comparison).map((text) => `${capital(text)}.`));
  }
  const differences = others.flatMap((placed) => difference(first, placed, comparison, 'It'));
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
function otherLevels(standings: readonly Standing[], main: Standing, words: RankingWords): string[] {
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
    if (first.order.length === 1) return `${capital(at)}, ${formatList(names)} alone ${words.alone}.`;
    const [who, too] = isSame ? ['It', ' too'] : [formatList(names), ''];
    if (first.leading === null) return `${who} ${words.best} ${at}${too}.`;
    if (names.length === 1) return `${who} is the fastest ${at}${too}.`;
    return `${capital(at)}, ${formatList(names)} can’t be told apart${togetherOf(group, words)}.`;
  });
}

function leaders({ leading, order }: Standing): string[] {
  return (leading ?? order.slice(0, 1)).map(titleOf);
}

/** ` (600 requests per second)`; nothing of several levels. */
function togetherOf([first, ...others]: readonly Standing[], words: RankingWords): string {
  return first?.leading == null || others.length > 0 ? '' : ` (${words.figure(rangeOf(first.leading, words))})`;
}

function rangeOf(placed: readonly Placed[], { format }: RankingWords): string {
  const values = placed.map(({ value }) => value);
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

function figureOf({ interval, value }: Placed, { format }: RankingWords): string {
  return interval === null ? format(value) : formatRelative(interval, format);
}

/** `at 50 and 150 VUs`. */
export function atLevels(levels: readonly number[], model: LoadModel): string {
  return `at ${formatLevels(levels, model)}`;
}

/** `50 and 150 VUs`. */
export function formatLevels(levels: readonly number[], model: LoadModel): string {
  return formatLevel(formatList(levels.map((each) => formatDecimal(each, Number.isInteger(each) ? 0 : 1))), model);
}

export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
