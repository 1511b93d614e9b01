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
import { readProcessTable, treeOf } from '../../lib/process-table.js';
import { waitUntil } from '../../lib/sleep.js';
import type { Profile } from '../../model/profile.js';
import { chosenProfile } from '../../profiles/choose-profile.js';
import { FormatError } from '../../profiles/format-error.js';
import { PerfScriptParser } from '../../profiles/formats/perf-script/perf-script.js';
import type { SymbolResolver } from '../../profiles/symbols/binary-symbols.js';
import { PERF, PERF_ENVIRONMENT, perfComplaint } from './perf-program.js';
import { DATA_FILE } from './recording.js';

/** Kept, so that the profile can be made again without perf, and read by other tools. */
const SCRIPT_FILE = 'perf.script.gz';

/** All fields that the parser reads, so that perf's defaults don't matter. */
const FIELDS = 'comm,pid,tid,time,period,event,ip,sym,symoff,dso';

/**
 * After this time inlined functions are left out. For them perf reads debug information for each address: 1.2 s instead
 * of 0.2 s for 10 s of a Python program with dwarf (975 samples), and forever for some big binaries.
 */
const INLINE_MS = 60_000;

/** From SIGKILL to the last of them gone. */
const KILL_MS = 5_000;

export interface ScriptRun {
  profile: Profile;
  /** False if naming inlined functions took too long. */
  inlined: boolean;
}

/**
 * Runs `perf script` on the recording. Its output is streamed to the parser and to {@link SCRIPT_FILE}.
 * @throws ExpectedError if perf fails, or took no sample
 */
export async function readScript(
  folder: string,
  resolver: () => SymbolResolver,
  signal: AbortSignal,
  inlineMs = INLINE_MS,
): Promise<ScriptRun> {
  const withInlined = await stream(folder, [], resolver(), AbortSignal.any([signal, AbortSignal.timeout(inlineMs)]));
  if (withInlined) return { profile: endParse(withInlined), inlined: true };
  signal.throwIfAborted();
  const without = await stream(folder, ['--no-inline'], resolver(), signal);
  if (!without) throw signal.reason;
  return { profile: endParse(without), inlined: false };
}

/** Null if the signal stopped it. */
async function stream(
  folder: string,
  options: readonly string[],
  resolve: SymbolResolver,
  signal: AbortSignal,
): Promise<PerfScriptParser | null> {
  const parser = new PerfScriptParser({ resolve });
  const decoder = new StringDecoder('utf8');
  const child = spawn(PERF, ['script', '-i', DATA_FILE, '--header', '-F', FIELDS, ...options], {
    cwd: folder,
    env: { ...process.env, ...PERF_ENVIRONMENT },
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
    // perf's child addr2line outlives it.
    if (pid !== undefined) {
      killTree(pid);
      await waitUntil(() => treeOf(pid, readProcessTable()).length === 0, KILL_MS);
      forget(pid);
    }
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
