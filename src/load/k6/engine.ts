import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Child } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import { waitUntil } from '../../lib/sleep.js';
import type { LoadResult } from '../../model/load.js';
import type { ToolProgram, ToolQuery } from '../../store/tool-program.js';
import type { Engine, LoadProgress, LoadRun, LoadSpec } from '../engine.js';
import { externalLoad } from '../external/external-load.js';
import { type LoadSession, lastWords } from '../external/load-session.js';
import { toolEngine } from '../external/tool-engine.js';
import { K6Log, startedAtMs } from './log.js';
import { K6_QUERY } from './program.js';
import { k6Result, windowFacts } from './result.js';
import { k6Refusal, k6Script, k6Vus } from './script.js';

const LOG = 'k6.log';
/** k6 makes all its VUs before it begins, and writes down what they did when it ends; both take a while with many. */
const MARGIN_S = 120;
/** What VUs that wait for a response get to hand over when the load ends early. */
const STOP_GRACE_MS = 2_000;
/** Keeps the user's k6 settings from changing the load, and k6 from phoning home. */
const ENVIRONMENT = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' };

/** The engine on k6, the one of the published benchmark. */
export function k6Engine(find?: (query: ToolQuery) => ToolProgram | null): Engine {
  return toolEngine(K6_QUERY, start, find, { refusal: k6Refusal, tls: true });
}

function start(program: ToolProgram, spec: LoadSpec, onProgress: (progress: LoadProgress) => void): LoadRun {
  // A second interrupt would make k6 drop its summary.
  return externalLoad(null, onProgress, (session) => measure(session, program, spec));
}

async function measure(session: LoadSession, program: ToolProgram, spec: LoadSpec): Promise<LoadResult> {
  const { warmupS, durationS } = spec;
  requireSecond('warm-up', warmupS);
  requireSecond('window', durationS);
  const stopSwitch = await StopSwitch.listen();
  try {
    const script = join(session.folder, 'script.js');
    await writeFile(script, k6Script(spec, stopSwitch.url));
    const { exitCode, signal, lines } = await session.run({
      program,
      args: ['run', '--quiet', '--no-color', '--no-usage-report', '--address=', '--log-format=raw', script],
      // Go's own name for the file with the CAs that are trusted.
      environment: { ...ENVIRONMENT, ...(spec.caFile === undefined ? {} : { SSL_CERT_FILE: spec.caFile }) },
      log: LOG,
      longestS: warmupS + durationS + MARGIN_S,
      onStarted: (child) => void followStart(session, child, warmupS).catch(() => undefined),
      askToEnd: (interrupt) => {
        // In the warm-up there is nothing to hand over.
        // An open loop's VUs hand over when it has ended only.
        if (session.position()?.phase !== 'window' || spec.arrivals !== undefined) return interrupt();
        stopSwitch.stop();
        setTimeout(interrupt, STOP_GRACE_MS).unref();
      },
    });
    const log = await readLog(session);
    if (log.bytesReceived === null) {
      throw new ExpectedError(
        `k6 ended with ${signal ?? `exit code ${exitCode}`} and left no result${lastWords(lines)}`,
        'run the cell again; where it happens again, use another --engine',
      );
    }
    return session.stopped ? partialResult(log, spec) : wholeResult(log, spec);
  } finally {
    stopSwitch.close();
  }
}

function wholeResult(log: K6Log, spec: LoadSpec): LoadResult {
  const { durationS } = spec;
  const vus = k6Vus(spec);
  if (log.vus.length !== vus) {
    throw new ExpectedError(
      `${vus} VUs of k6 were to report their requests, and ${log.vus.length} did`,
      'run the cell again; a machine that can’t keep up needs fewer VUs',
    );
  }
  return k6Result(log.vus, {
    windowS: durationS,
    workers: availableParallelism(),
    bytesReceived: log.bytesReceived,
    ...windowFacts(spec),
  });
}

/** What was measured until the load was stopped. */
function partialResult(log: K6Log, spec: LoadSpec): LoadResult {
  const vus = k6Vus(spec);
  const missing = vus - log.vus.length;
  const reason = `the load was ended before ${missing} of ${vus} VUs had reported their requests: these are not counted`;
  const result = k6Result(log.vus, {
    windowS: Math.max(0, ...log.vus.map(({ windowMs }) => windowMs)) / 1000,
    workers: availableParallelism(),
    bytesReceived: log.bytesReceived,
    ...windowFacts(spec),
    ...(missing === 0 ? {} : { absent: { requests: reason } }),
  });
  return missing === 0 ? result : { ...result, wholeLoad: null };
}

/** k6 refuses scenarios of less than a second, and none at all is no scenario. */
function requireSecond(what: string, seconds: number): void {
  if (seconds === 0 || seconds >= 1) return;
  throw new ExpectedError(`k6 runs for at least a second, and the ${what} is ${seconds} s`, 'make it longer');
}

/** Only k6 knows when it has made its VUs and begins: its log says so, and the window follows by the clock. */
async function followStart(session: LoadSession, child: Child, warmupS: number): Promise<void> {
  let beganMs: number | null = null;
  await waitUntil(async () => {
    const wallMs = startedAtMs(await readFile(logFile(session), 'utf8').catch(() => ''));
    beganMs = wallMs === null ? null : runClock.fromWallMs(wallMs);
    return beganMs !== null || child.exit() !== null;
  }, MARGIN_S * 1000);
  if (beganMs === null) return;
  if (warmupS > 0) session.entered('warmup', beganMs);
  const windowMs = beganMs + warmupS * 1000;
  await waitUntil(() => runClock.epochMs() >= windowMs || child.exit() !== null, warmupS * 1000 + 1_000);
  if (runClock.epochMs() >= windowMs && child.exit() === null) session.entered('window', windowMs);
}

async function readLog(session: LoadSession): Promise<K6Log> {
  const log = new K6Log();
  for await (const line of createInterface({ input: createReadStream(logFile(session)) })) log.add(line);
  return log;
}

function logFile(session: LoadSession): string {
  return join(session.folder, LOG);
}

/** Where the script asks whether the load is to end: it gets no response until then. An interrupt would lose what k6 has. */
class StopSwitch {
  readonly #server = createServer((_, response) => {
    this.#waiting.push(response);
    if (this.#stopped) this.stop();
  });
  readonly #waiting: ServerResponse[] = [];
  #stopped = false;

  static async listen(): Promise<StopSwitch> {
    const stopSwitch = new StopSwitch();
    await new Promise<void>((resolve, reject) => {
      stopSwitch.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return stopSwitch;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#stopped = true;
    for (const response of this.#waiting) response.end();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
