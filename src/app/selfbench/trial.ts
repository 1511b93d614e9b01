/** What answers: our mock, nginx with a constant answer, and peers of our mock. */
export const UPSTREAM_KINDS = ['mock', 'nginx', 'node-http', 'go'] as const;
export type UpstreamKind = (typeof UPSTREAM_KINDS)[number];

/** One measurement: an engine, what it drives, and how hard. */
export interface Trial {
  engine: string;
  upstream: UpstreamKind;
  /** As the mock takes it: `60ms`, `0s`, `lognormal(p50=60ms,p99=200ms)`. */
  latency: string;
  vus: number;
  /** Of the mock; its peers decide for themselves. */
  processes: number;
  /** The mock writes down every true delay, and the engine's percentiles are held against them. */
  againstTruth: boolean;
}

/** The latency of the published benchmark. */
export const FIXED_LATENCY = '60ms';
/** The ceiling: an answer as soon as the request is there. */
export const NO_LATENCY = '0s';

/** The same for the trials of all rounds, and for no two of one. */
export function trialKey({ engine, upstream, latency, vus }: Trial): string {
  return `${engine} ${upstream} ${latency} ${vus}`;
}

/** `native, mock 60ms, 1000 VUs`, for people. */
export function trialName({ engine, upstream, latency, vus }: Trial): string {
  return `${engine}, ${upstream} ${latency}, ${vus} ${vus === 1 ? 'VU' : 'VUs'}`;
}
