import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { readProcess } from '../lib/process-table.js';
import { sleep } from '../lib/sleep.js';

/** Where a detached program's output goes, in the folder that it runs in. */
const OUTPUT = 'gatebench-output.log';
const ERRORS = 'gatebench-errors.log';

const POLL_MS = 100;

export interface DetachedEnd {
  /** Null where a signal ended it, or it could not be started. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Why it could not be started; null where it was. */
  startError: string | null;
}

export interface DetachedProgram {
  /** SIGINT, for a program that may be stopped. */
  interrupt(): void;
  /** @param onOutput whole lines of its stdout, as they come */
  ended(onOutput: (text: string) => void): Promise<DetachedEnd>;
}

/**
 * Start a program that has to finish whatever becomes of this process: in a session of its own, so that a terminal's
 * Ctrl-C or end doesn't reach it, and with its output in files, so that nothing breaks when nobody reads on.
 * @param folder it runs there; one program at a time
 */
export function startDetached(
  folder: string,
  program: string,
  args: readonly string[],
  env: Record<string, string>,
): DetachedProgram {
  const out = openSync(join(folder, OUTPUT), 'w');
  const err = openSync(join(folder, ERRORS), 'w');
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', out, err] });
  closeSync(out);
  closeSync(err);
  let startError: string | null = null;
  const exit = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      startError = error.message;
      resolve(null);
    });
    child.once('exit', (code) => resolve(code));
  });
  return {
    interrupt: () => void child.kill('SIGINT'),
    ended: async (onOutput) => {
      const exitCode = await follow(join(folder, OUTPUT), exit, onOutput);
      return { exitCode, startError, ...(await outputsIn(folder)) };
    },
  };
}

/**
 * Wait for a program that an earlier process started in a folder, and follow it meanwhile.
 * @param signal ends the waiting, not the program
 */
export async function awaitDetached(
  folder: string,
  pid: number,
  onOutput: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const gone = (async () => {
    while (isRunning(pid)) await sleep(POLL_MS, signal);
    return null;
  })();
  await follow(join(folder, OUTPUT), gone, onOutput);
}

/**
 * The process of this name that runs in a folder; null where none does. Found by its working directory and not by what
 * somebody noted: that is right after any kind of end, and also for one that was started by hand. Linux only; elsewhere
 * it is null, and Terraform's own lock of its state is what is left.
 */
export function programIn(folder: string, name: string): number | null {
  let path: string;
  let names: string[];
  try {
    path = realpathSync(folder);
    names = readdirSync('/proc');
  } catch {
    return null;
  }
  const found = names.find((pid) => /^\d+$/.test(pid) && commandName(pid) === name && workingFolder(pid) === path);
  return found !== undefined && isRunning(Number(found)) ? Number(found) : null;
}

function commandName(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
}

function workingFolder(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // Gone, or another user's.
    return null;
  }
}

function isRunning(pid: number): boolean {
  const row = readProcess(pid);
  return row !== null && row.state !== 'Z' && row.state !== 'X';
}

/** Hand on whole lines of a growing file until `end` resolves, and the rest then. */
async function follow<T>(path: string, end: Promise<T>, onOutput: (text: string) => void): Promise<T> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return end;
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let position = 0;
  let rest = '';
  const readOn = async () => {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      rest += decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
      const lines = rest.lastIndexOf('\n') + 1;
      if (lines > 0) onOutput(stripVTControlCharacters(rest.slice(0, lines)));
      rest = rest.slice(lines);
    }
  };
  let ended = false;
  const marked = end.finally(() => {
    ended = true;
  });
  // Awaited below; until then a rejection is not unhandled.
  marked.catch(() => {});
  try {
    while (!ended) {
      await readOn();
      await Promise.race([marked.catch(() => {}), sleep(POLL_MS)]);
    }
    await readOn();
    if (rest !== '') onOutput(stripVTControlCharacters(rest));
    return await marked;
  } finally {
    await file.close();
  }
}

async function outputsIn(folder: string): Promise<{ stdout: string; stderr: string }> {
  const read = async (name: string) =>
    stripVTControlCharacters(await readFile(join(folder, name), 'utf8').catch(() => ''));
  return { stdout: await read(OUTPUT), stderr: await read(ERRORS) };
}
