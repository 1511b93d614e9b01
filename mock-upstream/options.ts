import type { LatencyModel } from './latency-model.js';

/** What the command line decides. */
export interface Options {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Of processes that answer; they share the port. */
  processes: number;
  latency: LatencyModel;
  /** As it was written: `60ms`. */
  latencyText: string;
  streamChunkDelayMs: number;
  /** Of the drawn latencies. */
  seed: number;
  /** File that every delay is written to; null for none. */
  recordFile: string | null;
  /** End when stdin ends, or brings nothing for so many seconds; null to live on without. */
  heartbeatS: number | null;
  /** No request-rate lines. */
  quiet: boolean;
}

export const DEFAULTS: Readonly<Options> = {
  host: '127.0.0.1',
  port: 9000,
  processes: 1,
  latency: { kind: 'constant', delayMs: 0 },
  latencyText: '0s',
  streamChunkDelayMs: 10,
  seed: 1,
  recordFile: null,
  heartbeatS: null,
  quiet: false,
};
