import type { LatencyModel } from '../common/latency.js';
import { type ApiOptions, DEFAULT_API } from './api/options.js';
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
  /** PEM files of a certificate and of its key: both for HTTPS alone, or none for plain HTTP. */
  tlsCert: string | null;
  tlsKey: string | null;
  /** Print no request rates. */
  quiet: boolean;
  /** What goes beyond the published mock. */
  api: ApiOptions;
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
  tlsCert: null,
  tlsKey: null,
  quiet: false,
  api: DEFAULT_API,
};

export const HELP = `A mock LLM server: answers like OpenAI, Anthropic or Gemini after a set latency, and fails as often as you say

Usage: gatebench mock [flags]                  answers the APIs in full
       node dist/mock-upstream/main.js [flags]   answers as the published benchmark's mock, as benchmarks start it

  --port N                   port; 0 picks a free one (default ${DEFAULTS.port})
  --host ADDRESS             address to listen on (default ${DEFAULTS.host})
  --contract C               full: OpenAI's chat completions, completions, responses, embeddings and models, Anthropic's
                             messages, Gemini's generateContent, Azure's paths, GET /metrics;
                             published: the published benchmark's answers, byte for byte
  --models A,B               models that are listed (default ${DEFAULT_MODEL}); any model is answered for
  --api-key K                refuse requests without this key; more than one with commas, or by repeating it
  --refuse-key K             refuse this key and take any other; more than one as above
  --config FILE              flags in a YAML or JSON file, such as "latency: 60ms"; flags behind it win
  --tls-cert FILE            speak HTTPS instead of HTTP, with this certificate (PEM) and any between it and its CA
  --tls-key FILE             the certificate's key (PEM)
  --log                      print a line for each request

Time
  --latency D                latency of each answer: 60ms, 1.5s, 250us (default ${DEFAULTS.latencyText}),
                             or a distribution: normal(60ms,5ms) is a mean and a standard deviation,
                             lognormal(p50=60ms,p99=200ms) two percentiles, bimodal(60ms,200ms,0.1)
                             60ms, and 200ms for a tenth of the requests
  --ttft D                   time to the first token of a stream (default: the latency)
  --gap D                    pause after each token of a stream; once --ttft or --gap is set, an answer that
                             isn't streamed takes as long as its stream would
  --stream-chunk-delay-ms N  the same as a number (default ${DEFAULTS.streamChunkDelayMs})
  --seed N                   seed of everything that is drawn (default ${DEFAULTS.seed})
  --record FILE              write every delay to a CSV file: when the request was complete, the delay drawn
                             and the actual delay, in microseconds

Answers, of --contract full
  --output-tokens N          tokens of an answer: a number, uniform(10,200), normal(100,20),
                             lognormal(p50=100,p99=800) or bimodal(10,500,0.1)
  --text T                   the text of every answer
  --cors ORIGIN              origin that browsers may call from (default *); none for none

Limits, of one process
  --concurrency N            work on so many requests at a time; the others wait
  --queue N                  let so many wait, and refuse more with a 503
  --requests-per-min N       for each key; beyond it, a 429 with Retry-After
  --tokens-per-min N         of prompts, for each key

Faults: --fault KIND[:WHICH][@FROM..UNTIL], as often as you like
  KIND    429(2s): with a Retry-After of 2 s; 500, 503 and other statuses; slow(5s): that much later;
          stalled: no answer ever; stalled-mid: half of it and then nothing; reset, reset-mid: the connection is
          reset; cut: closed in the middle; truncated: ends properly, but in the middle; malformed: broken JSON
  WHICH   a share from 0 to 1, first=N or every=N (default: all)
  FROM    since the start, or the last POST /__stats/reset: 503@30s..60s
  --faults-from-reset        no request fails before the first POST /__stats/reset

  --processes N              processes that share the port (default ${DEFAULTS.processes})
  --heartbeat-s N            end when stdin ends, or sends nothing for N seconds
  --quiet                    don't print the request rate every 5 s
  --help                     print this help

Flags take one dash or two, and a space or an equals sign before the value. Of --contract full, one request overrides
what the flags say by headers: x-mock-latency, x-mock-ttft, x-mock-gap, x-mock-output-tokens, x-mock-text, x-mock-fault.

Examples:
  gatebench mock --latency 200ms --gap 'normal(20ms,5ms)' --output-tokens 'lognormal(p50=100,p99=800)'
  gatebench mock --api-key sk-test --fault '429(2s):0.1' --fault reset-mid:0.01 --seed 7
  gatebench mock --config mock.yaml --port 0 --log
  node dist/mock-upstream/main.js --port 9000 --latency 60ms --stream-chunk-delay-ms 0
`;
