import { newDelaySource } from './delay-source.js';
import type { Random } from './random.js';

/** How many tokens an answer has: a constant, or a distribution to draw from for each. */
export type CountModel =
  | { kind: 'constant'; count: number }
  | { kind: 'uniform'; least: number; most: number }
  | { kind: 'normal'; mean: number; deviation: number }
  | { kind: 'lognormal'; p50: number; p99: number }
  /** `secondShare` of the answers, from 0 to 1, have the second. */
  | { kind: 'bimodal'; first: number; second: number; secondShare: number };

export type ParsedCounts = { ok: true; model: CountModel } | { ok: false; why: string };

/** Some 5 MB of text. Drawn counts are cut to it as well. */
const MAX_TOKENS = 1_000_000;

const EXAMPLES =
  'token counts look like 100, uniform(10,200), normal(100,20), lognormal(p50=100,p99=800) or bimodal(10,500,0.1)';

/** Parse a count of tokens, in the forms of latencies but without units. Arguments may have spaces around them. */
export function parseTokenCounts(text: string): ParsedCounts {
  const call = /^([a-z]+)\(([^()]*)\)$/.exec(text);
  if (!call) {
    const count = tokens(text);
    return count === null ? refuse(EXAMPLES) : { ok: true, model: { kind: 'constant', count } };
  }
  const [, name = '', list = ''] = call;
  const values = list.split(',').map((value) => value.trim());
  switch (name) {
    case 'uniform':
      return uniform(values);
    case 'normal':
      return normal(values);
    case 'lognormal':
      return lognormal(values);
    case 'bimodal':
      return bimodal(values);
    default:
      return refuse(`there is no distribution "${name}"; ${EXAMPLES}`);
  }
}

function uniform([first = '', second = '', ...rest]: string[]): ParsedCounts {
  const [least, most] = [tokens(first), tokens(second)];
  if (least === null || most === null || rest.length > 0) return refuse('uniform takes two numbers: uniform(10,200)');
  return most < least
    ? refuse('the second number of uniform is below its first')
    : { ok: true, model: { kind: 'uniform', least, most } };
}

function normal([first = '', second = '', ...rest]: string[]): ParsedCounts {
  const [mean, deviation] = [tokens(first), tokens(second)];
  if (mean === null || deviation === null || rest.length > 0) {
    return refuse('normal takes a mean and a standard deviation: normal(100,20)');
  }
  return { ok: true, model: { kind: 'normal', mean, deviation } };
}

function lognormal([first = '', second = '', ...rest]: string[]): ParsedCounts {
  const [p50, p99] = [named('p50', first), named('p99', second)];
  if (p50 === null || p99 === null || rest.length > 0) {
    return refuse('lognormal takes its median and its 99th percentile: lognormal(p50=100,p99=800)');
  }
  if (p50 === 0) return refuse('the median of a lognormal is more than 0');
  return p99 < p50 ? refuse('p99 is below p50') : { ok: true, model: { kind: 'lognormal', p50, p99 } };
}

function bimodal([first = '', second = '', share = '', ...rest]: string[]): ParsedCounts {
  const counts = [tokens(first), tokens(second)];
  const [one = null, two = null] = counts;
  const secondShare = /^(?:0|1|0?\.\d+)$/.test(share) ? Number(share) : null;
  if (one === null || two === null || secondShare === null || rest.length > 0) {
    return refuse('bimodal takes two numbers and the share of the second, from 0 to 1: bimodal(10,500,0.1)');
  }
  return { ok: true, model: { kind: 'bimodal', first: one, second: two, secondShare } };
}

function named(name: string, text: string): number | null {
  return text.startsWith(`${name}=`) ? tokens(text.slice(name.length + 1)) : null;
}

function tokens(text: string): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value <= MAX_TOKENS ? value : null;
}

function refuse(why: string): ParsedCounts {
  return { ok: false, why };
}

/** A source of token counts, each at least 1; the same random numbers give the same counts. */
export function newCountSource(model: CountModel, random: Random): () => number {
  const draw = drawing(model, random);
  return () => Math.min(Math.max(Math.round(draw()), 1), MAX_TOKENS);
}

/** The distributions of delays are those of counts: only the unit differs. */
function drawing(model: CountModel, random: Random): () => number {
  switch (model.kind) {
    case 'constant':
      return () => model.count;
    case 'uniform':
      return () => model.least + Math.floor(random() * (model.most - model.least + 1));
    case 'normal':
      return newDelaySource({ kind: 'normal', meanMs: model.mean, deviationMs: model.deviation }, random);
    case 'lognormal':
      return newDelaySource({ kind: 'lognormal', p50Ms: model.p50, p99Ms: model.p99 }, random);
    case 'bimodal':
      return () => (random() < model.secondShare ? model.second : model.first);
  }
}
