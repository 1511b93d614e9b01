import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../lib/child.js';
import { ExpectedError } from '../../lib/errors.js';
import { waitUntil } from '../../lib/sleep.js';
import type { ToolProgram, ToolQuery } from '../../lib/tool-program.js';
import type { LoadResult } from '../../model/load.js';
import type { Engine, LoadProgress, LoadRun, LoadSpec } from '../engine.js';
import { externalLoad } from '../external/external-load.js';
import { type LoadSession, lastWords } from '../external/load-session.js';
import { toolEngine } from '../external/tool-engine.js';
import { failureExamples, startedAtMs } from './log.js';
import { K6_QUERY } from './program.js';
import { k6Result } from './result.js';
import { k6Script } from './script.js';
import { K6Summary } from './summary.js';

const LOG = 'k6.log';
/** k6 makes all its VUs before it begins, and sums up when it has ended; both take their time with many of them. */
const BESIDE_S = 120;
/** So that nothing of the user's own k6 changes the load, and nothing leaves this machine. */
const ENVIRONMENT = { K6_NO_USAGE_REPORT: 'true', K6_AUTO_EXTENSION_RESOLUTION: 'false' };

/** The engine on k6, the one of the published benchmark. */
export function k6Engine(find?: (query: ToolQuery) => ToolProgram | null): Engine {
  return toolEngine(K6_QUERY, start, find);
}

function start(program: ToolProgram, spec: LoadSpec, onProgress: (progress: LoadProgress) => void): LoadRun {
  // The second interrupt makes k6 end without a summary.
  return externalLoad(null, onProgress, (session) => measure(session, program, spec));
}

async function measure(session: LoadSession, program: ToolProgram, spec: LoadSpec): Promise<LoadResult> {
  const { warmupS, durationS } = spec;
  requireSecond('warm-up', warmupS);
  requireSecond('window', durationS);
  const script = join(session.folder, 'script.js');
  const resultFile = join(session.folder, 'summary.json');
  await writeFile(script, k6Script(spec, resultFile));
  const { exitCode, signal, lines } = await session.run({
    program,
    args: ['run', '--quiet', '--no-color', '--no-usage-report', '--address=', '--log-format=raw', script],
    environment: ENVIRONMENT,
    log: LOG,
    longestS: warmupS + durationS + BESIDE_S,
    onStarted: (child) => void followStart(session, child, warmupS).catch(() => undefined),
  });
  const text = await readFile(resultFile, 'utf8').catch(() => null);
  if (text === null) {
    throw new ExpectedError(
      `k6 ended with ${signal ?? `exit code ${exitCode}`} and left no summary${lastWords(lines)}`,
      'run the cell again; where it happens again, use another --engine',
    );
  }
  return k6Result({
    summary: K6Summary.parse(JSON.parse(text)),
    warmupS,
    durationS,
    threads: availableParallelism(),
    failureExamples: failureExamples(await logLines(session)),
  });
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
    beganMs = startedAtMs(await logLines(session));
    return beganMs !== null || child.exit() !== null;
  }, BESIDE_S * 1000);
  if (beganMs === null) return;
  if (warmupS > 0) session.entered('warmup', beganMs);
  const windowMs = beganMs + warmupS * 1000;
  await waitUntil(() => Date.now() >= windowMs || child.exit() !== null, warmupS * 1000 + 1_000);
  if (Date.now() >= windowMs && child.exit() === null) session.entered('window', windowMs);
}

/** All of it: what is for us stands between what k6 says of every failed request. */
async function logLines(session: LoadSession): Promise<string[]> {
  return (await readFile(join(session.folder, LOG), 'utf8').catch(() => '')).split('\n');
}
