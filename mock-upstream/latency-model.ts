import { parseGoDuration } from './go-duration.js';

/** How long a completion takes: always the same, or drawn anew for each request. Times in milliseconds. */
export type LatencyModel =
  | { kind: 'constant'; delayMs: number }
  /** What would come out below 0 is 0. */
  | { kind: 'normal'; meanMs: number; deviationMs: number }
  /** Given by two of its percentiles, as a provider's latency is known. */
  | { kind: 'lognormal'; p50Ms: number; p99Ms: number }
  /** Two constants: a share of the requests, from 0 to 1, takes the second. */
  | { kind: 'bimodal'; firstMs: number; secondMs: number; secondShare: number };

export type ParsedLatency = { ok: true; model: LatencyModel } | { ok: false; why: string };

/** No drawn delay is longer either. */
export const MAX_LATENCY_MS = 3_600_000;

const CALL = /^([a-z]+)\(([^()]*)\)$/;
const EXAMPLES = 'distributions look like normal(60ms,5ms), lognormal(p50=60ms,p99=200ms) or bimodal(60ms,200ms,0.1)';

/**
 * Parse a latency: a Go duration, or `normal(MEAN,DEVIATION)`, `lognormal(p50=D,p99=D)`,
 * `bimodal(FIRST,SECOND,SHARE OF THE SECOND)`. Spaces may follow the commas.
 */
export function parseLatency(text: string): ParsedLatency {
  const call = CALL.exec(text);
  if (!call) return constant(text);
  const [, name = '', list = ''] = call;
  const values = list.split(',').map((value) => value.trim());
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
  const secondShare = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(share) ? Number(share) : Number.NaN;
  if (!(secondShare >= 0 && secondShare <= 1)) return refuse(`"${share}" is not a share from 0 to 1`);
  return { ok: true, model: { kind: 'bimodal', firstMs, secondMs, secondShare } };
}

function milliseconds(text: string): number | { ok: false; why: string } {
  const parsed = parseGoDuration(text);
  if (!parsed.ok) return refuse(`${parsed.why}; durations look like 60ms, 1.5s or 250us`);
  const delayMs = Number(parsed.ns) / 1e6;
  if (delayMs < 0) return refuse('time does not run backwards');
  if (delayMs > MAX_LATENCY_MS) return refuse('an hour is the longest latency');
  return delayMs;
}

function refuse(why: string): { ok: false; why: string } {
  return { ok: false, why };
}
