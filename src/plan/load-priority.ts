import type { LoadPriority, Placement } from '../model/run.js';

/** A priority, or why the one asked for can't be had. */
export type LoadPriorityChoice = { loadPriority: LoadPriority } | { problem: string };

/** What the choice depends on. */
export interface LoadPriorityFacts {
  placement: Placement;
  /** The mock upstream runs on another host. */
  remoteUpstream: boolean;
  /** Why this machine doesn't grant real-time priority; null if it does. Asked only where the answer matters. */
  problem(): Promise<string | null>;
}

/**
 * Decide whether the mock upstream runs before every ordinary process. Where it shares the CPUs with a busy gateway, the
 * kernel makes it wait for its turn, and its responses are late.
 * @param request `auto`, `realtime` or `off`
 */
export async function chooseLoadPriority(
  request: 'auto' | 'realtime' | 'off',
  { placement, remoteUpstream, problem: ask }: LoadPriorityFacts,
): Promise<LoadPriorityChoice> {
  if (request === 'off') return normal('switched off with --load-priority off');
  if (remoteUpstream) {
    return request === 'auto' ? normal('the mock runs on another host') : { problem: 'the mock runs on another host' };
  }
  if (request === 'auto' && placement.kind === 'pinned') return normal('the mock has CPUs apart from the gateway’s');
  const problem = await ask();
  if (problem !== null) return request === 'auto' ? normal(problem) : { problem };
  return { loadPriority: { kind: 'realtime', chosenBy: request === 'auto' ? 'auto' : 'user' } };
}

function normal(reason: string): LoadPriorityChoice {
  return { loadPriority: { kind: 'normal', reason } };
}
