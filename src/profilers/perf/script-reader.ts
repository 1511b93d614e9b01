import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGzip } from 'node:zlib';
import { forget, killTree, remember } from '../../lib/child-registry.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { formatCount } from '../../lib/format.js';
import { readProcessTable, treeOf } from '../../lib/process-table.js';
import { waitUntil } from '../../lib/sleep.js';
import type { Profile } from '../../model/profile.js';
import { chosenProfile } from '../../profiles/choose-profile.js';
import { FormatError } from '../../profiles/format-error.js';
import { PerfScriptParser } from '../../profiles/formats/perf-script/perf-script.js';
import type { SymbolResolver } from '../../profiles/symbols/binary-symbols.js';
import { type Inlining, quickAddr2line } from './inlining.js';
import { PERF, PERF_ENVIRONMENT, perfComplaint } from './perf-program.js';
import { DATA_FILE } from './recording.js';

/** Kept, so that the profile can be made again without perf, and read by other tools. */
const SCRIPT_FILE = 'perf.script.gz';

/** All fields that the parser reads, so that perf's defaults don't matter. */
const FIELDS = 'comm,pid,tid,time,period,event,ip,sym,symoff,dso';

/** After this time inlined functions are left out: some addr2line, and some debug information, are slow. */
const INLINE_MS = 30_000;
/** For all the rest: symbols, and call chains by dwarf. */
const READ_MS = 300_000;
/** Between two words about a reading that takes long. */
const STATUS_MS = 5_000;

/** From SIGKILL to the last of them gone. */
const KILL_MS = 5_000;

/** Why inlined functions are missing, for people. */
const TOO_SLOW = 'naming them took perf too long';

export interface ScriptRun {
  profile: Profile;
  /** Why inlined functions have no names; null if they have, or if nothing could name them. */
  withoutInlined: string | null;
}

export interface ScriptRead {
  resolver: () => SymbolResolver;
  signal: AbortSignal;
  inlining: Inlining;
  /** Samples in the recording; null where it isn't known. */
  samples?: number | null;
  onStatus?: ((text: string) => void) | undefined;
  /** How long to try with inlined functions, and how long without. */
  limits?: { inlineMs: number; readMs: number };
}

/**
 * Runs `perf script` on the recording. Its output is streamed to the parser and to {@link SCRIPT_FILE}.
 * @throws ExpectedError if perf fails, takes far too long, or took no sample
 */
export async function readScript(folder: string, read: ScriptRead): Promise<ScriptRun> {
  const { signal, inlining, limits = { inlineMs: INLINE_MS, readMs: READ_MS } } = read;
  const isTried = inlining.files.length > 0 && inlining.obstacle === null;
  if (isTried) {
    const addr2line = await quickAddr2line(inlining.files);
    const { environment } = addr2line;
    const attempt = { ...read, environment, options: [], limitMs: limits.inlineMs };
    const withInlined = await stream(folder, attempt).finally(() => addr2line.remove());
    if (withInlined) return { profile: endParse(withInlined), withoutInlined: null };
    signal.throwIfAborted();
    read.onStatus?.('reading the recording again, without inlined functions');
  }
  const options = ['--no-inline'];
  const without = await stream(folder, { ...read, environment: {}, options, limitMs: limits.readMs });
  if (without) return { profile: endParse(without), withoutInlined: isTried ? TOO_SLOW : inlining.obstacle };
  signal.throwIfAborted();
  throw new ExpectedError(
    `perf script did not read the recording within ${limits.readMs / 1000} s`,
    'record less: a shorter --duration, a lower --rate, or --call-graph fp',
  );
}

interface Attempt {
  /** Of perf, beside the usual. */
  environment: Record<string, string>;
  options: readonly string[];
  limitMs: number;
}

/** Null if the signal or the limit stopped it. */
async function stream(
  folder: string,
  { resolver, options, limitMs, environment, ...read }: ScriptRead & Attempt,
): Promise<PerfScriptParser | null> {
  const signal = AbortSignal.any([read.signal, AbortSignal.timeout(limitMs)]);
  const parser = new PerfScriptParser({ resolve: resolver() });
  const progress = new ReadProgress(read.samples ?? null);
  const telling = setInterval(() => read.onStatus?.(progress.text()), STATUS_MS);
  const decoder = new StringDecoder('utf8');
  const child = spawn(PERF, ['script', '-i', DATA_FILE, '--header', '-F', FIELDS, ...options], {
    cwd: folder,
    env: { ...process.env, ...PERF_ENVIRONMENT, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  // Without a pid, the pipeline below fails.
  if (pid !== undefined) remember(pid);
  const exited = once(child, 'exit');
  exited.catch(() => {});
  const complaint = text(child.stderr);
  complaint.catch(() => {});
  try {
    await pipeline(
      child.stdout,
      async function* tee(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          progress.add(chunk);
          parser.feed(decoder.write(chunk));
          yield chunk;
        }
        parser.feed(decoder.end());
      },
      createGzip({ level: 4 }),
      createWriteStream(join(folder, SCRIPT_FILE)),
      { signal },
    );
    const [exitCode] = await exited;
    if (exitCode !== 0) {
      throw new ExpectedError(`perf script failed: ${perfComplaint(await complaint)}`, `perf script -i ${DATA_FILE}`);
    }
    return parser;
  } catch (error) {
    if (!signal.aborted) throw asExpected(error);
    await rm(join(folder, SCRIPT_FILE), { force: true });
    return null;
  } finally {
    clearInterval(telling);
    // perf's child addr2line outlives it.
    if (pid !== undefined) {
      killTree(pid);
      await waitUntil(() => treeOf(pid, readProcessTable()).length === 0, KILL_MS);
      forget(pid);
    }
  }
}

/** How far the reading is: an empty line follows each sample. */
class ReadProgress {
  readonly #startedMs = performance.now();
  #samples = 0;

  constructor(private readonly total: number | null) {}

  add(chunk: Buffer): void {
    for (let at = chunk.indexOf('\n\n'); at >= 0; at = chunk.indexOf('\n\n', at + 1)) this.#samples += 1;
  }

  text(): string {
    const seconds = formatCount((performance.now() - this.#startedMs) / 1000);
    const of = this.total === null ? '' : ` of ${formatCount(this.total)}`;
    return `perf is naming functions: ${formatCount(this.#samples)}${of} samples in ${seconds} s`;
  }
}

/** Of the event that was recorded: perf adds none of its own that has samples. */
function endParse(parser: PerfScriptParser): Profile {
  try {
    return chosenProfile(parser.end());
  } catch (error) {
    throw asExpected(error);
  }
}

function asExpected(error: unknown): unknown {
  if (!(error instanceof FormatError)) return error;
  const nothing = error.message.startsWith('no samples');
  return new ExpectedError(
    nothing
      ? 'perf took no samples: the processes used no CPU during the capture'
      : `${SCRIPT_FILE} can't be read: ${messageOf(error)}`,
    nothing ? 'profile them under load' : `see ${SCRIPT_FILE}`,
    undefined,
    { cause: error },
  );
}
