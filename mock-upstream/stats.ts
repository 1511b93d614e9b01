import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import {
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  newHistogram,
  percentileUs,
  recordUs,
} from '../common/histogram.js';
import { type MetricsPart, summed } from './api/metrics.js';

/** 3 digits: a step of 1 us up to 2 ms, where lateness matters. */
const LATENESS_DIGITS = 3;

/** Lateness in microseconds. */
export interface LatenessSummary {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
  /** HdrHistogram V2, compressed, base64. */
  histogram: string;
}

/** Counts of one process, as sent to the others. */
export interface StatsPart {
  requests: number;
  completions: number;
  clientsGone: number;
  /** Encoded histogram of microseconds. */
  lateness: string;
  eventLoopUtilisation: number;
  sinceMs: number;
  sinceStart: ServedSinceStart;
  /** Of what goes beyond the published contract. */
  metrics?: MetricsPart;
}

/** What resets leave alone. */
export interface ServedSinceStart {
  /** Chat completion requests whose head has come in. */
  requests: number;
  /** Completions and streams sent in full, counted before their last byte leaves. */
  completions: number;
}

/** The response to `GET /__stats`. */
export interface StatsReport {
  processes: number;
  /** Chat completion requests whose head has come in. */
  requests: number;
  /** Completions and streams sent in full. */
  completions: number;
  /** Chat completion requests whose client left before the response was complete. */
  clientsGone: number;
  /** Release time minus due time of every chat completion request, including errors, which wait the latency too. */
  latenessUs: LatenessSummary;
  /** 0 to 1, of the processes that serve. */
  eventLoopUtilisation: { busiest: number; perProcess: number[] };
  /** Since the start, or since the last reset. */
  sinceMs: number;
  /** Resets ignored: two readings give what was served between them, exactly. */
  sinceStart: ServedSinceStart;
  /** As configured. */
  latency: string;
  /** Faults injected since the start, by kind; absent in a mock that was asked for nothing beyond the published contract. */
  faults?: Record<string, number>;
}

/** Counts of one process. */
export class ProcessStats {
  #requests = 0;
  #completions = 0;
  #clientsGone = 0;
  #requestsEver = 0;
  #completionsEver = 0;
  #lateness: Histogram = newHistogram(LATENESS_DIGITS);
  #sinceMs = performance.now();
  #wasReset = false;
  #utilisationSince: EventLoopUtilization = performance.eventLoopUtilization();

  /** Gives the counts of what goes beyond the published contract. */
  metrics: (() => MetricsPart) | null = null;

  /** When it was last reset, or started: in milliseconds of `performance.now()`. */
  get resetMs(): number {
    return this.#sinceMs;
  }

  get wasReset(): boolean {
    return this.#wasReset;
  }

  /** Requests since the process started, resets ignored. */
  get requestsEver(): number {
    return this.#requestsEver;
  }

  countRequest(): void {
    this.#requests++;
    this.#requestsEver++;
  }

  countRelease(latenessMs: number): void {
    recordUs(this.#lateness, latenessMs * 1000, 0);
  }

  countCompletion(): void {
    this.#completions++;
    this.#completionsEver++;
  }

  countClientGone(): void {
    this.#clientsGone++;
  }

  reset(): void {
    this.#requests = 0;
    this.#completions = 0;
    this.#clientsGone = 0;
    this.#lateness = newHistogram(LATENESS_DIGITS);
    this.#wasReset = true;
    this.#sinceMs = performance.now();
    this.#utilisationSince = performance.eventLoopUtilization();
  }

  part(): StatsPart {
    return {
      requests: this.#requests,
      completions: this.#completions,
      clientsGone: this.#clientsGone,
      // Read before the encoding, which is work itself.
      eventLoopUtilisation: performance.eventLoopUtilization(this.#utilisationSince).utilization,
      lateness: encodeHistogram(this.#lateness),
      sinceMs: performance.now() - this.#sinceMs,
      sinceStart: { requests: this.#requestsEver, completions: this.#completionsEver },
      ...(this.metrics ? { metrics: this.metrics() } : {}),
    };
  }
}

/** Merge the counts of all processes. */
export function mergeStats(parts: readonly StatsPart[], latency: string): StatsReport {
  const sum = (pick: (part: StatsPart) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const perProcess = parts.map((part) => part.eventLoopUtilisation);
  const metrics = parts.flatMap((part) => part.metrics ?? []);
  return {
    processes: parts.length,
    requests: sum((part) => part.requests),
    completions: sum((part) => part.completions),
    clientsGone: sum((part) => part.clientsGone),
    latenessUs: summarizeLateness(parts.map((part) => part.lateness)),
    eventLoopUtilisation: { busiest: Math.max(0, ...perProcess), perProcess },
    sinceMs: Math.max(0, ...parts.map((part) => part.sinceMs)),
    sinceStart: {
      requests: sum((part) => part.sinceStart.requests),
      completions: sum((part) => part.sinceStart.completions),
    },
    latency,
    ...(metrics.length === 0 ? {} : { faults: summed(metrics.map((part) => part.faults)) }),
  };
}

function summarizeLateness(encoded: readonly string[]): LatenessSummary {
  const sum = newHistogram(LATENESS_DIGITS);
  for (const one of encoded) sum.add(decodeHistogram(one));
  return {
    count: sum.totalCount,
    p50: percentileUs(sum, 0.5),
    p90: percentileUs(sum, 0.9),
    p99: percentileUs(sum, 0.99),
    max: sum.totalCount === 0 ? 0 : sum.maxValue,
    histogram: encodeHistogram(sum),
  };
}

/** Where a server gets the counts of all processes from. */
export interface StatsSource {
  collect(): Promise<StatsPart[]>;
  /** Resolves when all processes have been reset. */
  reset(): Promise<void>;
}
