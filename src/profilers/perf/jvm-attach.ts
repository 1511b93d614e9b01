import { readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { waitUntil } from '../../lib/sleep.js';

/** How long a JVM may take to listen, and to carry out a command. */
const LISTEN_MS = 5_000;
const ANSWER_MS = 30_000;

/** Signal 3 in the mask of caught signals. */
const SIGQUIT_BIT = 1n << 2n;

/** Whether HotSpot runs in a process. False if its memory can't be looked at. */
export function isJvm(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'latin1').includes('/libjvm.so');
  } catch {
    return false;
  }
}

/**
 * Has a JVM carry out a diagnostic command, as jcmd does, which only a JDK has: a file asks the JVM to listen, SIGQUIT
 * makes it look for that file, and the command goes through the socket that it then opens. The JVM takes commands of its own
 * user and of root.
 * @returns what the command wrote
 * @throws ExpectedError with the reason, as the end of a sentence
 */
export async function commandJvm(pid: number, command: string): Promise<string> {
  try {
    const socket = await listeningSocket(pid);
    const answer = await ask(socket, command);
    const end = answer.indexOf('\n');
    const written = answer.slice(end + 1);
    if (answer.slice(0, Math.max(end, 0)).trim() === '0') return written;
    throw new ExpectedError(written.trim().split('\n')[0] || `the JVM refused ${command}`);
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    throw new ExpectedError(`the JVM can't be asked: ${messageOf(error)}`, undefined, undefined, { cause: error });
  }
}

/** The JVM's socket; it listens from the first command on, for as long as it runs. */
async function listeningSocket(pid: number): Promise<string> {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  // In a container it has a PID and a /tmp of its own.
  const ownPid = /^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? String(pid);
  const folder = `/proc/${pid}/root/tmp`;
  const socket = `${folder}/.java_pid${ownPid}`;
  if (isSocket(socket)) return socket;
  // It would write its threads' stacks to its log instead.
  if (readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('+DisableAttachMechanism')) throw refused();
  // Whoever doesn't catch the signal dies of it.
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  if ((BigInt(`0x${caught}`) & SIGQUIT_BIT) === 0n) throw refused();
  const request = `${folder}/.attach_pid${ownPid}`;
  try {
    await writeFile(request, '');
    process.kill(pid, 'SIGQUIT');
    if (await waitUntil(() => isSocket(socket), LISTEN_MS)) return socket;
  } finally {
    await rm(request, { force: true });
  }
  throw refused();
}

function refused(): ExpectedError {
  return new ExpectedError('the JVM takes no commands (-XX:+DisableAttachMechanism)');
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

/** Version 1 of the protocol: the version, the operation and three arguments, each ended by a zero. */
async function ask(socket: string, command: string): Promise<string> {
  const connection = createConnection(socket);
  connection.setTimeout(ANSWER_MS, () => connection.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)));
  connection.write(['1', 'jcmd', command, '', '', ''].join('\0'));
  return text(connection);
}
