import type { Profile } from '../../../model/profile.js';

/** What the parser of switches counted and the profile itself doesn't hold. */
export interface OffCpuTally {
  blockedNs: number;
  /** Waiting for a CPU, after having been preempted. */
  readyNs: number;
  /** Of the waits that had not ended with the recording. */
  unfinishedNs: number;
  lost: number;
}

/** In which a thread waits for anything at all to do: event loops, and the threads that Go parks or keeps watch with. */
const IDLE = {
  kernel: /^(?:do_epoll_wait|ep_poll|do_epoll_pwait.*|do_poll.*|do_sys_poll|do_select|core_sys_select)$/,
  go: /^runtime\.(?:stopm|sysmon|netpoll|templateThread)$/,
} as const;

/** What the reader of an off-CPU profile must know. */
export function offCpuCaveats(profile: Profile, tally: OffCpuTally): string[] {
  const totalNs = tally.blockedNs + tally.readyNs;
  return [
    idle(profile, totalNs),
    `${percent(tally.readyNs, totalNs)} of the waiting was for a CPU, by threads that had been preempted or had yielded (under ${RUN_QUEUE_NAME}). The time from a wake-up until the thread runs counts as blocked.`,
    'Threads wait side by side: the sum is waiting time over all of them, and may be many times the duration.',
    profile.frames.some(({ kind }) => kind === 'go')
      ? "Only threads are seen. A goroutine that waits leaves its thread to others: Go's block and mutex profiles tell of those."
      : null,
    tally.unfinishedNs / totalNs >= 0.01
      ? `${percent(tally.unfinishedNs, totalNs)} is of waits that had not ended when the recording did. Threads that never ran during it are not seen at all.`
      : null,
    tally.lost > 0 ? `${tally.lost} events were lost: some waits are missing, or are billed to an earlier one.` : null,
  ].filter((caveat) => caveat !== null);
}

export const RUN_QUEUE_NAME = '[waiting for a CPU]';

function idle({ frames, stacks }: Profile, totalNs: number): string | null {
  const isIdle = frames.map(({ kind, name }) => (kind === 'kernel' || kind === 'go') && IDLE[kind].test(name));
  const idleNs = stacks
    .filter((stack) => stack.frames.some((index) => isIdle[index]))
    .reduce((sum, { weight }) => sum + weight, 0);
  if (idleNs === 0) return null;
  return `${percent(idleNs, totalNs)} of the waiting is of threads that wait for work (event loops in epoll, poll or select; threads that Go has parked), which delays nobody.`;
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : ((part / whole) * 100).toFixed(1)} %`;
}
