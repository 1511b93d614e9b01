import type { LatencyModel } from '../common/latency.js';
import { DEFAULT_MODEL } from './chat-request.js';

/** What the flags set. */
export interface Options {
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Processes that share the port. */
  processes: number;
  latency: LatencyModel;
  /** As given, such as `60ms`. */
  latencyText: string;
  streamChunkDelayMs: number;
  /** What `GET /v1/models` lists. Any model is answered for. */
  models: readonly string[];
  /** Seed of drawn latencies. */
  seed: number;
  /** CSV file of every delay; null for none. */
  recordFile: string | null;
  /** End when stdin ends, or sends nothing for so many seconds; null to ignore stdin. */
  heartbeatS: number | null;
  /** Print no request rates. */
  quiet: boolean;
}

export const DEFAULTS: Readonly<Options> = {
  host: '127.0.0.1',
  port: 9000,
  processes: 1,
  latency: { kind: 'constant', delayMs: 0 },
  latencyText: '0s',
  streamChunkDelayMs: 10,
  models: [DEFAULT_MODEL],
  seed: 1,
  recordFile: null,
  heartbeatS: null,
  quiet: false,
};

export const HELP = `mock-upstream: an OpenAI-compatible upstream that responds after a set latency and measures how late it was

Usage: node dist/mock-upstream/main.js [flags]

  --port N                   port; 0 picks a free one (default ${DEFAULTS.port})
  --host ADDRESS             address to listen on (default ${DEFAULTS.host})
  --latency D                latency of each completion: 60ms, 1.5s, 250us (default ${DEFAULTS.latencyText}),
                             or a distribution: normal(60ms,5ms) is a mean and a standard deviation,
                             lognormal(p50=60ms,p99=200ms) two percentiles, bimodal(60ms,200ms,0.1)
                             60ms, and 200ms for a tenth of the requests
  --seed N                   seed of drawn latencies (default ${DEFAULTS.seed})
  --record FILE              write every delay to a CSV file: when the request was complete, the delay drawn
                             and the actual delay, in microseconds
  --stream-chunk-delay-ms N  pause after each chunk of a stream (default ${DEFAULTS.streamChunkDelayMs})
  --models A,B               models that GET /v1/models lists (default ${DEFAULT_MODEL}); any model is answered for
  --processes N              processes that share the port (default ${DEFAULTS.processes})
  --heartbeat-s N            end when stdin ends, or sends nothing for N seconds
  --quiet                    don't print the request rate every 5 s
  --help                     print this help

Flags take one dash or two, and a space or an equals sign before the value.

Examples:
  node dist/mock-upstream/main.js --port 9000 --latency 60ms --stream-chunk-delay-ms 0
  node dist/mock-upstream/main.js --latency 'lognormal(p50=60ms,p99=200ms)' --seed 7 --record delays.csv
`;
