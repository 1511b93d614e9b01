import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import {
  encodeLateness,
  type Histogram,
  type LatenessSummary,
  newLatenessHistogram,
  recordLateness,
  summariseLateness,
} from './lateness-histogram.js';

/** What one process knows; it can be sent to another. */
export interface StatsPart {
  requests: number;
  completions: number;
  clientsGone: number;
  /** Encoded histogram. */
  lateness: string;
  eventLoopUtilisation: number;
  sinceMs: number;
}

/** The answer to `GET /__stats`. */
export interface StatsReport {
  processes: number;
  /** Chat completion requests whose head has come in. */
  requests: number;
  /** Completions and streams given in full. */
  completions: number;
  /** Connections that closed before the answer was given. */
  clientsGone: number;
  /** Release time less due time, of every chat completion request; errors that wait the latency included. */
  latenessUs: LatenessSummary;
  /** Shares of 1, of the processes that answer. */
  eventLoopUtilisation: { busiest: number; perProcess: number[] };
  /** Since the start, or since the last reset. */
  sinceMs: number;
  /** As it was configured. */
  latency: string;
}

/** Counts of one process. */
export class ProcessStats {
  #requests = 0;
  #completions = 0;
  #clientsGone = 0;
  #requestsEver = 0;
  #lateness: Histogram = newLatenessHistogram();
  #sinceMs = performance.now();
  #utilisationSince: EventLoopUtilization = performance.eventLoopUtilization();

  /** Requests since the start of the process, whatever was reset. */
  get requestsEver(): number {
    return this.#requestsEver;
  }

  countRequest(): void {
    this.#requests++;
    this.#requestsEver++;
  }

  countRelease(latenessMs: number): void {
    recordLateness(this.#lateness, latenessMs);
  }

  countCompletion(): void {
    this.#completions++;
  }

  countClientGone(): void {
    this.#clientsGone++;
  }

  reset(): void {
    this.#requests = 0;
    this.#completions = 0;
    this.#clientsGone = 0;
    this.#lateness = newLatenessHistogram();
    this.#sinceMs = performance.now();
    this.#utilisationSince = performance.eventLoopUtilization();
  }

  part(): StatsPart {
    return {
      requests: this.#requests,
      completions: this.#completions,
      clientsGone: this.#clientsGone,
      // The utilisation comes before the encoding, which is work of its own.
      eventLoopUtilisation: performance.eventLoopUtilization(this.#utilisationSince).utilization,
      lateness: encodeLateness(this.#lateness),
      sinceMs: performance.now() - this.#sinceMs,
    };
  }
}

/** One report of the parts of all processes. */
export function mergeStats(parts: readonly StatsPart[], latency: string): StatsReport {
  const sum = (pick: (part: StatsPart) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const perProcess = parts.map((part) => part.eventLoopUtilisation);
  return {
    processes: parts.length,
    requests: sum((part) => part.requests),
    completions: sum((part) => part.completions),
    clientsGone: sum((part) => part.clientsGone),
    latenessUs: summariseLateness(parts.map((part) => part.lateness)),
    eventLoopUtilisation: { busiest: Math.max(0, ...perProcess), perProcess },
    sinceMs: Math.max(0, ...parts.map((part) => part.sinceMs)),
    latency,
  };
}

/** Where a server gets the counts of all processes from. */
export interface StatsSource {
  collect(): Promise<StatsPart[]>;
  /** Resolves when all processes have been reset. */
  reset(): Promise<void>;
}
