import { DURATION_PATTERN, parseNonNegativeDuration } from './duration.js';

/** The upstream's latency: a constant, or a distribution to draw from for each request. Times in milliseconds. */
export type LatencyModel =
  | { kind: 'constant'; delayMs: number }
  /** Negative draws become 0. */
  | { kind: 'normal'; meanMs: number; deviationMs: number }
  /** Given by two percentiles, as providers publish them. */
  | { kind: 'lognormal'; p50Ms: number; p99Ms: number }
  /** Two constants; `secondShare` of the requests, from 0 to 1, take the second. */
  | { kind: 'bimodal'; firstMs: number; secondMs: number; secondShare: number };

export type ParsedLatency = { ok: true; model: LatencyModel } | { ok: false; why: string };

/** Drawn delays are cut to it as well. */
export const MAX_LATENCY_MS = 3_600_000;

/** A decimal number from 0 to 1. */
const SHARE_PATTERN = String.raw`(?:0*\.\d+|0+\.?|0*1(?:\.0*)?)`;
const SHARE = new RegExp(`^${SHARE_PATTERN}$`);

/**
 * The syntax that {@link parseLatency} reads, for JSON Schema. What it can't express, such as a p99 below its p50, the
 * parser refuses.
 */
export const LATENCY_PATTERN = new RegExp(
  `^(?:${DURATION_PATTERN}|${[
    call('normal', DURATION_PATTERN, DURATION_PATTERN),
    call('lognormal', `p50=${DURATION_PATTERN}`, `p99=${DURATION_PATTERN}`),
    call('bimodal', DURATION_PATTERN, DURATION_PATTERN, SHARE_PATTERN),
  ].join('|')})$`,
);

function call(name: string, ...parameters: string[]): string {
  return `${name}\\(${parameters.map((parameter) => ` *${parameter} *`).join(',')}\\)`;
}

const CALL = /^([a-z]+)\(([^()]*)\)$/;
const EXAMPLES = 'distributions look like normal(60ms,5ms), lognormal(p50=60ms,p99=200ms) or bimodal(60ms,200ms,0.1)';

/**
 * Parse a latency: a Go duration, or `normal(MEAN,DEVIATION)`, `lognormal(p50=D,p99=D)`,
 * `bimodal(FIRST,SECOND,SHARE OF THE SECOND)`. Arguments may have spaces around them.
 */
export function parseLatency(text: string): ParsedLatency {
  const call = CALL.exec(text);
  if (!call) return constant(text);
  const [, name = '', list = ''] = call;
  const values = list.split(',').map((value) => value.replace(/^ +| +$/g, ''));
  switch (name) {
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

/** Seconds of a latency that is the same for every request; null for one that is drawn, or is none. */
export function constantLatencyS(text: string): number | null {
  const parsed = parseLatency(text);
  return parsed.ok && parsed.model.kind === 'constant' ? parsed.model.delayMs / 1000 : null;
}

function constant(text: string): ParsedLatency {
  const delay = milliseconds(text);
  return typeof delay === 'number' ? { ok: true, model: { kind: 'constant', delayMs: delay } } : delay;
}

function normal([mean, deviation, ...rest]: string[]): ParsedLatency {
  if (mean === undefined || deviation === undefined || rest.length > 0) {
    return refuse('normal takes a mean and a standard deviation: normal(60ms,5ms)');
  }
  const meanMs = milliseconds(mean);
  if (typeof meanMs !== 'number') return meanMs;
  const deviationMs = milliseconds(deviation);
  if (typeof deviationMs !== 'number') return deviationMs;
  return { ok: true, model: { kind: 'normal', meanMs, deviationMs } };
}

function lognormal([median, high, ...rest]: string[]): ParsedLatency {
  if (!median?.startsWith('p50=') || !high?.startsWith('p99=') || rest.length > 0) {
    return refuse('lognormal takes its median and its 99th percentile: lognormal(p50=60ms,p99=200ms)');
  }
  const p50Ms = milliseconds(median.slice(4));
  if (typeof p50Ms !== 'number') return p50Ms;
  const p99Ms = milliseconds(high.slice(4));
  if (typeof p99Ms !== 'number') return p99Ms;
  if (p50Ms === 0) return refuse('the median of a lognormal is more than 0');
  if (p99Ms < p50Ms) return refuse('p99 is below p50');
  return { ok: true, model: { kind: 'lognormal', p50Ms, p99Ms } };
}

function bimodal([first, second, share, ...rest]: string[]): ParsedLatency {
  if (first === undefined || second === undefined || share === undefined || rest.length > 0) {
    return refuse('bimodal takes two durations and the share of the second: bimodal(60ms,200ms,0.1)');
  }
  const firstMs = milliseconds(first);
  if (typeof firstMs !== 'number') return firstMs;
  const secondMs = milliseconds(second);
  if (typeof secondMs !== 'number') return secondMs;
  if (!SHARE.test(share)) return refuse(`"${share}" is not a share from 0 to 1`);
  const secondShare = Number(share);
  return { ok: true, model: { kind: 'bimodal', firstMs, secondMs, secondShare } };
}

function milliseconds(text: string): number | { ok: false; why: string } {
  const parsed = parseNonNegativeDuration(text);
  if (!parsed.ok) return refuse(`${parsed.why}; durations look like 60ms, 1.5s or 250us`);
  const delayMs = Number(parsed.ns) / 1e6;
  if (delayMs > MAX_LATENCY_MS) return refuse('an hour is the longest latency');
  return delayMs;
}

function refuse(why: string): { ok: false; why: string } {
  return { ok: false, why };
}
