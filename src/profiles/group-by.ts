import type { Frame, Profile, StackSamples, Thread } from '../model/profile.js';

/** What stacks are told apart by, above their functions: the program's or thread's name, the process, the thread. */
export const GROUPINGS = ['none', 'comm', 'pid', 'tid'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** By program for captures of several programs, so that two functions named `main` stay apart; else `none`. */
export function defaultGrouping({ stacks, threads }: Profile): Grouping {
  const seen = new Set(stacks.map(({ thread }) => thread));
  const ran = threads.filter((_, index) => seen.has(index));
  // Where the tool names no process, each name may be one.
  const processes = new Set(ran.map(({ pid, comm }) => pid ?? comm));
  const programs = new Set(ran.map(({ comm }) => comm));
  return processes.size > 1 && programs.size > 1 ? 'comm' : 'none';
}

/**
 * The same samples with a root frame of kind `thread` above each stack: `nginx`, `nginx-4711` or `nginx-4711/4712`, as
 * FlameGraph and inferno name them. Stacks without a thread stay as they are. Roots of an earlier grouping are replaced,
 * so `none` removes them.
 */
export function groupBy(profile: Profile, by: Grouping): Profile {
  const { frames, stacks } = withoutRoots(profile);
  if (by === 'none') return frames === profile.frames ? profile : { ...profile, frames, stacks };
  const name = rootNames(profile, by);
  const grouped = [...frames];
  const roots = new Map<string, number>();
  const rootOf = profile.threads.map((thread) => {
    const text = name(thread);
    const known = roots.get(text);
    if (known !== undefined) return known;
    const root = grouped.push({ name: text, file: null, line: null, module: null, kind: 'thread' }) - 1;
    roots.set(text, root);
    return root;
  });
  return {
    ...profile,
    frames: grouped,
    // Unique stacks of threads stay unique, and in their places: the timeline refers to them.
    stacks: stacks.map((stack) => {
      const root = stack.thread === undefined ? undefined : rootOf[stack.thread];
      return root === undefined ? stack : { ...stack, frames: [root, ...stack.frames] };
    }),
  };
}

/** Frames and stacks as they were before a grouping. */
function withoutRoots({ frames, stacks }: Profile): { frames: Frame[]; stacks: StackSamples[] } {
  const isRoot = ({ frames: [root = -1, ...inner], thread }: StackSamples) =>
    thread !== undefined && inner.length > 0 && frames[root]?.kind === 'thread';
  if (!stacks.some(isRoot)) return { frames, stacks };
  const bare = stacks.map((stack) => (isRoot(stack) ? { ...stack, frames: stack.frames.slice(1) } : stack));
  const used = new Set(bare.flatMap((stack) => stack.frames));
  const places = new Map([...used].toSorted((a, b) => a - b).map((index, place) => [index, place]));
  return {
    frames: frames.filter((_, index) => used.has(index)),
    stacks: bare.map((stack) => ({ ...stack, frames: stack.frames.map((index) => places.get(index) ?? 0) })),
  };
}

function rootNames(profile: Profile, by: Exclude<Grouping, 'none'>): (thread: Thread) => string {
  const comm = (thread: Thread) => thread.comm ?? '[unknown]';
  switch (by) {
    case 'comm':
      return comm;
    case 'pid': {
      const program = programNames(profile);
      return (thread) =>
        thread.pid === null ? `${comm(thread)}-?` : `${program.get(thread.pid) ?? comm(thread)}-${thread.pid}`;
    }
    case 'tid':
      return (thread) => `${comm(thread)}-${thread.pid ?? '?'}/${thread.tid ?? '?'}`;
    default:
      return by satisfies never;
  }
}

/** What each process is called: as its main thread, else as the thread with most of its weight. */
function programNames({ stacks, threads }: Profile): Map<number, string> {
  const weights = threads.map(() => 0);
  for (const { thread, weight } of stacks) if (thread !== undefined) weights[thread] = (weights[thread] ?? 0) + weight;
  const rank = ({ pid, tid }: Thread, index: number) => (pid === tid ? Number.MAX_VALUE : (weights[index] ?? 0));
  const best = new Map<number, { comm: string; rank: number }>();
  for (const [index, thread] of threads.entries()) {
    const { pid, comm } = thread;
    if (pid === null || comm === null) continue;
    const known = best.get(pid);
    const own = rank(thread, index);
    // Of a program that replaced another by exec, the last one.
    if (!known || own >= known.rank) best.set(pid, { comm, rank: own });
  }
  return new Map([...best].map(([pid, { comm }]) => [pid, comm]));
}
