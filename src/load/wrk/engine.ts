import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import { runClock } from '../../lib/run-clock.js';
import type { LoadResult } from '../../model/load.js';
import type { ToolProgram, ToolQuery } from '../../store/tool-program.js';
import type { Engine, LoadProgress, LoadRun, LoadSpec } from '../engine.js';
import { externalLoad } from '../external/external-load.js';
import { type LoadSession, lastWords } from '../external/load-session.js';
import { toolEngine } from '../external/tool-engine.js';
import { WrkOutput } from './output.js';
import { failedResponses, judgeResponses } from './responses.js';
import { nothingMeasured, wrkResult } from './result.js';
import { wrkScript } from './script.js';

const QUERY: ToolQuery = { name: 'wrk', versionArgs: ['-v'], versionPattern: /wrk (?:debian\/)?(\d+\.\d+\.\d+)/ };
/** wrk ignores SIGINT until its threads run. */
const INTERRUPT_AGAIN_MS = 100;
/** For its start, the threads' tenth of a second, and sorting out what it has. */
const BESIDE_S = 30;

/**
 * The engine on wrk. Its warm-up is a wrk of its own whose counts are thrown away but whose every answer is looked at;
 * the window is a second wrk, with new connections.
 */
export function wrkEngine(find?: (query: ToolQuery) => ToolProgram | null): Engine {
  return toolEngine(QUERY, start, find);
}

function start(program: ToolProgram, spec: LoadSpec, onProgress: (progress: LoadProgress) => void): LoadRun {
  const threads = threadsFor(spec.vus, availableParallelism());
  return externalLoad(INTERRUPT_AGAIN_MS, onProgress, (session) => measure(session, { program, spec, threads }));
}

interface Load {
  program: ToolProgram;
  spec: LoadSpec;
  threads: number;
}

async function measure(session: LoadSession, load: Load): Promise<LoadResult> {
  const { spec, threads } = load;
  const first = spec.warmupS > 0 ? await runWrk(session, load, 'warmup', true) : null;
  const warmup = first?.answers ? judgeResponses(first.answers, spec) : null;
  if (session.stopped) return nothingMeasured(threads);
  // Where an answer was wrong, or none was seen, no answer is taken for right unseen.
  const lookAtAll = warmup === null || failedResponses(warmup) > 0 || warmup.unjudged > 0;
  const output = await runWrk(session, load, 'window', lookAtAll);
  return wrkResult({ output, connections: spec.vus, threads, expected: spec, warmup: first });
}

async function runWrk(
  session: LoadSession,
  { program, spec, threads }: Load,
  phase: 'warmup' | 'window',
  everyAnswer: boolean,
): Promise<WrkOutput> {
  const script = join(session.folder, `${phase}.lua`);
  const resultFile = join(session.folder, `${phase}.json`);
  await writeFile(script, wrkScript(spec, resultFile, everyAnswer));
  const seconds = phase === 'warmup' ? spec.warmupS : spec.durationS;
  // wrk knows whole seconds only.
  const wholeS = Math.ceil(seconds);
  const { exitCode, signal, lines } = await session.run({
    program,
    args: [
      ...['--threads', String(threads), '--connections', String(spec.vus), '--duration', `${wholeS}s`],
      ...['--timeout', `${Math.ceil(spec.timeoutS)}s`, '--script', script, spec.origin + spec.path],
    ],
    log: `${phase}.log`,
    ...(wholeS === seconds ? {} : { endAfterS: seconds }),
    longestS: wholeS + BESIDE_S,
    onStarted: () => session.entered(phase, runClock.epochMs()),
  });
  const text = await readFile(resultFile, 'utf8').catch(() => null);
  if (text === null) {
    throw new ExpectedError(
      `wrk ended with ${signal ?? `exit code ${exitCode}`} and left no result${lastWords(lines)}`,
      'run the cell again; where it happens again, use another --engine',
    );
  }
  return WrkOutput.parse(JSON.parse(text));
}

/** A thread of wrk drives this many connections with ease; more threads than needed only take turns (ours). */
const CONNECTIONS_PER_THREAD = 500;

/**
 * How many threads wrk gets. It gives each `connections / threads`, rounded down, and opens no more: so only a divisor
 * of the VUs gives every VU its connection.
 */
export function threadsFor(vus: number, cores: number): number {
  const most = Math.min(cores, Math.ceil(vus / CONNECTIONS_PER_THREAD));
  for (let threads = most; threads > 1; threads--) if (vus % threads === 0) return threads;
  return 1;
}
