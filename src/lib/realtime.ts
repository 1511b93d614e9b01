import { execa } from 'execa';
import { findInPath } from './find-in-path.js';

/** From util-linux: Node can't make the system call itself. */
const CHRT = 'chrt';
/** SCHED_RR at the lowest real-time priority, which is above every ordinary process. */
const ROUND_ROBIN = ['--rr', '1'];

/** Why programs can't be started with real-time priority on this machine; null if they can. */
export async function realtimeProblem(): Promise<string | null> {
  if (findInPath(CHRT) === null) return 'chrt (util-linux) is not installed';
  const { failed, stderr } = await execa(CHRT, [...ROUND_ROBIN, 'true'], { reject: false, stdin: 'ignore' });
  if (!failed) return null;
  return `the system refuses it${stderr === '' ? '' : `: ${stderr.trim()}`}`;
}

/**
 * A command with real-time priority, for itself and all that it starts. chrt replaces itself with the command, so the
 * PID stays the same.
 */
export function realtimeCommand(
  realtime: boolean,
  { command, args }: { command: string; args: string[] },
): { command: string; args: string[] } {
  return realtime ? { command: CHRT, args: [...ROUND_ROBIN, command, ...args] } : { command, args };
}
