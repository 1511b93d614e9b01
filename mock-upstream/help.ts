import { DEFAULTS } from './options.js';

export const HELP = `mock-upstream: an OpenAI-compatible upstream that answers after a set latency, and knows how late it was

Usage: node dist/mock-upstream/main.js [flags]

  --port N                   port; 0 picks a free one (default ${DEFAULTS.port})
  --host ADDRESS             address to listen on (default ${DEFAULTS.host})
  --latency D                delay before each completion: 60ms, 1.5s, 250us (default ${DEFAULTS.latencyText}),
                             or drawn anew for each: normal(60ms,5ms) is a mean and a standard deviation,
                             lognormal(p50=60ms,p99=200ms) two percentiles, bimodal(60ms,200ms,0.1)
                             60ms and, for a share of 0.1, 200ms
  --seed N                   of the latencies that are drawn (default ${DEFAULTS.seed})
  --record FILE              write every delay to a CSV file: when the request was whole, the delay drawn,
                             the delay given, in microseconds
  --stream-chunk-delay-ms N  pause after each chunk of a stream (default ${DEFAULTS.streamChunkDelayMs})
  --processes N              processes that share the port (default ${DEFAULTS.processes})
  --heartbeat-s N            end when stdin ends, or brings nothing for N seconds
  --quiet                    no request rate every 5 s
  --help                     this text

Flags take one dash or two, and a space or an equals sign before the value.

Examples:
  node dist/mock-upstream/main.js --port 9000 --latency 60ms --stream-chunk-delay-ms 0
  node dist/mock-upstream/main.js --latency 'lognormal(p50=60ms,p99=200ms)' --seed 7 --record delays.csv
`;
