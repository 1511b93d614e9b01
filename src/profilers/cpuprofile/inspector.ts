import CDP from 'chrome-remote-interface';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { httpRequest } from '../../lib/http.js';
import { listeningPortsOf } from '../../lib/listeners.js';
import { sleep, waitUntil } from '../../lib/sleep.js';
import { isNode, waitsForSigusr1 } from './node-process.js';

const HOST = '127.0.0.1';
/** What was opened by --inspect opens no second time: after this long, the ports that were there before are asked too. */
const OPEN_MS = 1_000;
/** And this long once more, for a process that is busy with something else. */
const OPEN_LATE_MS = 4_000;
const ANSWER_MS = 1_000;
const COMMAND_MS = 30_000;
const CLOSED_MS = 2_000;

/** The inspector of one Node process, opened and connected. */
export interface Inspector {
  readonly pid: number;
  /** Sample the main isolate. @param intervalUs between two samples */
  startProfiling(intervalUs: number): Promise<void>;
  /** @returns a `Profiler.Profile`, which is what a `.cpuprofile` holds */
  stopProfiling(): Promise<unknown>;
  /**
   * Disconnect, and close the inspector where it was opened for us. Safe to call twice.
   * @returns false where it stays open
   */
  close(): Promise<boolean>;
}

/**
 * Connect to a Node process, unmodified and running: SIGUSR1 opens its inspector, unless it is open already.
 * @param before the ports that it listened on before any process of its tree was signalled: the main process of a
 *   cluster passes the signal on to its workers
 * @throws ExpectedError where it isn't Node, which the signal might end, or where the inspector doesn't open
 */
export async function openInspector(pid: number, before: readonly number[], signal: AbortSignal): Promise<Inspector> {
  requireNode(pid);
  sendSigusr1(pid);
  const early = await openedInspector(pid, before, OPEN_MS, signal);
  const known = early ?? (await firstInspector(before));
  const port = known ?? (await openedInspector(pid, before, OPEN_LATE_MS, signal));
  if (port === null) {
    throw new ExpectedError(
      `process ${pid} opened no inspector within ${(OPEN_MS + OPEN_LATE_MS) / 1000} s of SIGUSR1`,
      'its port, 9229 unless --inspect-port says otherwise, may be taken; or the program handles SIGUSR1 itself',
    );
  }
  const client = await CDP({ host: HOST, port, local: true }).catch((error: unknown) => {
    throw new ExpectedError(
      `the inspector of process ${pid} at port ${port} can't be connected to: ${messageOf(error)}`,
      'disconnect the debugger that is connected to it',
    );
  });
  return connected(pid, port, client, !before.includes(port));
}

function requireNode(pid: number): void {
  if (!isNode(pid)) {
    throw new ExpectedError(
      `process ${pid} doesn't run Node: SIGUSR1, by which Node opens its inspector, could end it, so it was not sent`,
      'perf takes any process',
    );
  }
  if (!waitsForSigusr1(pid)) {
    throw new ExpectedError(
      `process ${pid} would end by SIGUSR1: it is just starting, or runs with --disable-sigusr1`,
      'try again when it runs, or start it with --inspect',
    );
  }
}

function sendSigusr1(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR1');
  } catch (error) {
    throw new ExpectedError(`process ${pid} can't be signalled: ${messageOf(error)}`, 'run as its user, or as root');
  }
}

async function openedInspector(
  pid: number,
  before: readonly number[],
  withinMs: number,
  signal: AbortSignal,
): Promise<number | null> {
  let found: number | null = null;
  await waitUntil(
    async () => {
      found = await firstInspector(listeningPortsOf(pid).filter((port) => !before.includes(port)));
      return found !== null;
    },
    withinMs,
    signal,
  );
  return found;
}

async function firstInspector(ports: readonly number[]): Promise<number | null> {
  for (const port of ports) if (await isInspector(port)) return port;
  return null;
}

/** Node names itself to a debugger, from a thread that answers however busy the program is. */
async function isInspector(port: number): Promise<boolean> {
  try {
    const { status, body } = await httpRequest(`http://${HOST}:${port}/json/version`, { timeoutMs: ANSWER_MS });
    return status === 200 && /"Browser":\s*"node/i.test(body);
  } catch {
    // Some other server of the same process, or one that speaks no HTTP.
    return false;
  }
}

function connected(pid: number, port: number, client: CDP.Client, openedByUs: boolean): Inspector {
  const lost = new ExpectedError(`process ${pid} ended, or closed its inspector, while it was profiled`);
  let isLost = false;
  const gone = new Promise<never>((_, reject) => {
    client.on('disconnect', () => {
      isLost = true;
      reject(lost);
    });
  });
  gone.catch(() => undefined);
  const answered = async <T>(what: string, command: Promise<T>): Promise<T> => {
    const ended = new AbortController();
    const late = sleep(COMMAND_MS, ended.signal).then(() => {
      throw new ExpectedError(`process ${pid} did not answer ${what} within ${COMMAND_MS / 1000} s`);
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
    const scheduled = openedByUs && (await scheduleClose(client, answered).catch(() => false));
    await client.close().catch(() => undefined);
    if (!scheduled) return !openedByUs;
    return waitUntil(() => !listeningPortsOf(pid).includes(port), CLOSED_MS);
  };

  return {
    pid,
    async startProfiling(intervalUs) {
      await answered('Profiler.enable', client.Profiler.enable());
      await answered('Profiler.setSamplingInterval', client.Profiler.setSamplingInterval({ interval: intervalUs }));
      await answered('Profiler.start', client.Profiler.start());
    },
    async stopProfiling() {
      const { profile } = await answered('Profiler.stop', client.Profiler.stop());
      return profile;
    },
    close() {
      closing ??= closeNow();
      return closing;
    },
  };
}

/**
 * `inspector.close()` waits for its connections to end, and the whole program with it: it is called a moment later,
 * when ours has gone. `require` here is the debugger's, which is there in ES modules too, for the time of one call.
 */
const CLOSE_LATER = `(inspector => {
  setTimeout(() => { try { inspector.close() } catch {} }, 200).unref();
  return true;
})(require('node:inspector'))`;

async function scheduleClose(
  client: CDP.Client,
  answered: <T>(what: string, command: Promise<T>) => Promise<T>,
): Promise<boolean> {
  const command = { expression: CLOSE_LATER, includeCommandLineAPI: true, returnByValue: true };
  const { result } = await answered('Runtime.evaluate', client.Runtime.evaluate(command));
  return result.value === true;
}
