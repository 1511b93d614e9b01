import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import CDP from 'chrome-remote-interface';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { httpRequest } from '../../lib/http.js';
import { listeningPortsOf } from '../../lib/listeners.js';
import { sleep, waitUntil } from '../../lib/sleep.js';

const HOST = '127.0.0.1';
/** After this long, ports that were open before are tried too: an inspector opened by --inspect doesn't open again. */
const OPEN_MS = 1_000;
/** How much longer to wait for a busy process. */
const OPEN_LATE_MS = 4_000;
const RESPONSE_MS = 1_000;
const COMMAND_MS = 30_000;
const CLOSED_MS = 2_000;

/** A connection to the inspector of a Node process. */
export interface Inspector {
  readonly pid: number;
  /** Starts to sample the main isolate. @param intervalUs between two samples */
  startProfiling(intervalUs: number): Promise<void>;
  /** @returns a `Profiler.Profile`, the content of a `.cpuprofile` */
  stopProfiling(): Promise<unknown>;
  /**
   * Disconnects, and closes the inspector if we opened it. May be called twice.
   * @returns false if it stays open
   */
  close(): Promise<boolean>;
}

/**
 * Connects to a running Node process. SIGUSR1 opens its inspector, unless it is open already.
 * @param before the ports it listened on before any process of its tree was signalled: the main process of a cluster
 *   forwards the signal to its workers
 * @throws ExpectedError if it isn't Node, which the signal might kill, or if the inspector doesn't open
 */
export async function openInspector(pid: number, before: readonly number[], signal: AbortSignal): Promise<Inspector> {
  requireNode(pid);
  sendSigusr1(pid);
  const early = await awaitInspector(pid, before, OPEN_MS, signal);
  const known = early ?? (await findInspector(before));
  const port = known ?? (await awaitInspector(pid, before, OPEN_LATE_MS, signal));
  if (port === null) {
    throw new ExpectedError(
      `process ${pid} opened no inspector within ${(OPEN_MS + OPEN_LATE_MS) / 1000} s of SIGUSR1`,
      'its port (9229, or that of --inspect-port) may be in use, or the program may handle SIGUSR1 itself',
    );
  }
  const client = await CDP({ host: HOST, port, local: true }).catch((error: unknown) => {
    throw new ExpectedError(
      `can't connect to the inspector of process ${pid} on port ${port}: ${messageOf(error)}`,
      'disconnect any other debugger',
    );
  });
  return connected(pid, port, client, !before.includes(port));
}

function requireNode(pid: number): void {
  if (!isNode(pid)) {
    throw new ExpectedError(
      `process ${pid} doesn't run Node: not sending SIGUSR1, which opens the inspector of Node and kills other programs`,
      'use perf, which profiles any process',
    );
  }
  if (!handlesSigusr1(pid)) {
    throw new ExpectedError(
      `SIGUSR1 would kill process ${pid}: it is still starting, or runs with --disable-sigusr1`,
      'try again later, or start it with --inspect',
    );
  }
}

function sendSigusr1(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR1');
  } catch (error) {
    throw new ExpectedError(`can't signal process ${pid}: ${messageOf(error)}`, 'run as its user, or as root');
  }
}

async function awaitInspector(
  pid: number,
  before: readonly number[],
  withinMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  let found: number | null = null;
  await waitUntil(
    async () => {
      found = await findInspector(listeningPortsOf(pid).filter((port) => !before.includes(port)));
      return found !== null;
    },
    withinMs,
    signal,
  );
  return found;
}

async function findInspector(ports: readonly number[]): Promise<number | null> {
  for (const port of ports) if (await isInspector(port)) return port;
  return null;
}

/** Asks a port whether it is Node's inspector, which responds from a thread of its own, however busy the program is. */
async function isInspector(port: number): Promise<boolean> {
  try {
    const { status, body } = await httpRequest(`http://${HOST}:${port}/json/version`, { timeoutMs: RESPONSE_MS });
    return status === 200 && /"Browser":\s*"node/i.test(body);
  } catch {
    // Another server of the same process, maybe not an HTTP one.
    return false;
  }
}

function connected(pid: number, port: number, client: CDP.Client, openedByUs: boolean): Inspector {
  const lost = new ExpectedError(`process ${pid} ended, or closed its inspector, during the capture`);
  let isLost = false;
  const gone = new Promise<never>((_, reject) => {
    client.on('disconnect', () => {
      isLost = true;
      reject(lost);
    });
  });
  gone.catch(() => undefined);
  const awaitResponse = async <T>(what: string, command: Promise<T>): Promise<T> => {
    const ended = new AbortController();
    const late = sleep(COMMAND_MS, ended.signal).then(() => {
      throw new ExpectedError(`process ${pid} did not respond to ${what} within ${COMMAND_MS / 1000} s`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([command, gone, late]);
    } catch (error) {
      throw isLost || /WebSocket is not open/.test(messageOf(error)) ? lost : error;
    } finally {
      ended.abort();
    }
  };
  let closing: Promise<boolean> | null = null;
  const closeNow = async (): Promise<boolean> => {
    const scheduled = openedByUs && (await scheduleClose(client, awaitResponse).catch(() => false));
    await client.close().catch(() => undefined);
    if (!scheduled) return !openedByUs;
    return waitUntil(() => !listeningPortsOf(pid).includes(port), CLOSED_MS);
  };

  return {
    pid,
    async startProfiling(intervalUs) {
      await awaitResponse('Profiler.enable', client.Profiler.enable());
      await awaitResponse(
        'Profiler.setSamplingInterval',
        client.Profiler.setSamplingInterval({ interval: intervalUs }),
      );
      await awaitResponse('Profiler.start', client.Profiler.start());
    },
    async stopProfiling() {
      const { profile } = await awaitResponse('Profiler.stop', client.Profiler.stop());
      return profile;
    },
    close() {
      closing ??= closeNow();
      return closing;
    },
  };
}

/**
 * `inspector.close()` blocks the program until all connections are closed, so it is called a moment later, when ours is
 * gone. `require` is part of the inspector's command line API, which works in ES modules too.
 */
const CLOSE_LATER = `(inspector => {
  setTimeout(() => { try { inspector.close() } catch {} }, 200).unref();
  return true;
})(require('node:inspector'))`;

async function scheduleClose(
  client: CDP.Client,
  awaitResponse: <T>(what: string, command: Promise<T>) => Promise<T>,
): Promise<boolean> {
  const command = { expression: CLOSE_LATER, includeCommandLineAPI: true, returnByValue: true };
  const { result } = await awaitResponse('Runtime.evaluate', client.Runtime.evaluate(command));
  return result.value === true;
}

const NODE_NAME = /^node(?:js)?(?:-?v?\d[\d.]*)?$/;
/** Debian's node is a small program that uses a library. */
const NODE_LIBRARY = /\/libnode\.so/;
/** Exported by every program that embeds Node, for add-ons. */
const NODE_SYMBOL = 'node_module_register';

/**
 * Whether a process runs Node. Checked before sending SIGUSR1, which opens Node's inspector but kills programs that don't
 * handle it. By the program's name or library, else (for bundles) by a symbol.
 */
export function isNode(pid: number): boolean {
  try {
    if (NODE_NAME.test(basename(readlinkSync(`/proc/${pid}/exe`)))) return true;
    if (NODE_LIBRARY.test(readFileSync(`/proc/${pid}/maps`, 'latin1'))) return true;
    return readFileSync(`/proc/${pid}/exe`).includes(NODE_SYMBOL);
  } catch {
    // It is gone, or not ours to read.
    return false;
  }
}

/** Whether a process handles SIGUSR1 (proc(5), SigCgt): Node doesn't with --disable-sigusr1. */
export function handlesSigusr1(pid: number): boolean {
  try {
    const [, caught] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return caught !== undefined && ((BigInt(`0x${caught}`) >> BigInt(constants.signals.SIGUSR1 - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}
