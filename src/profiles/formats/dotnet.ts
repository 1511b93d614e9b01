import type { Frame, Profile, StackSamples } from '../../model/profile.js';
import { ProfileBuilder } from '../profile-builder.js';
import type { ProfileSet } from './format.js';

/** What TraceEvent puts at the end of a stack: managed code ran, or the thread was in native code, waiting mostly. */
const CPU_TIME = 'CPU_TIME';
const UNMANAGED_TIME = 'UNMANAGED_CODE_TIME';
/** What it puts at the root: `Process64 app (4711) Args: `, `(Non-Activities)`, `Threads`, `Thread (4712)`. */
const ROOT = /^(?:Process(?:32|64)? .*|\(Non-Activities\)|Threads|Thread \(\d+\).*)$/s;
/** `System.Private.CoreLib!System.Threading.Thread.StartCallback()`; `?!?` where nothing is known. */
const METHOD = /^([^!\s]+)!(.+)$/s;

/**
 * Makes functions of what dotnet-trace writes, and splits the time: it samples threads that wait too, so the first profile
 * has only the time in which managed code ran, and the second all time. Other profiles are returned as they are.
 */
export function dotnetProfiles(set: ProfileSet): ProfileSet {
  const shown = set.profiles[set.chosen];
  const names = new Set(shown?.frames.map(({ name }) => name));
  if (shown?.meta.unit !== 'nanoseconds' || !(names.has(CPU_TIME) || names.has(UNMANAGED_TIME))) return set;
  const leafOf = ({ frames }: StackSamples) => shown.frames[frames.at(-1) ?? -1]?.name;
  const wall = restack(shown, () => true);
  const all = { ...wall, meta: { ...wall.meta, kind: 'other' as const, event: 'wall-clock' } };
  const cpu = restack(shown, (stack) => leafOf(stack) === CPU_TIME);
  if (cpu.stacks.length === 0) return { profiles: [all], chosen: 0 };
  const caveats = [
    ...cpu.meta.caveats,
    'Time in which managed code ran. Native code counts as waiting: see the wall-clock profile of the same file.',
  ];
  return { profiles: [{ ...cpu, meta: { ...cpu.meta, event: 'cpu-time', caveats } }, all], chosen: 0 };
}

/** The profile with methods as frames, of the stacks that count. */
function restack(profile: Profile, counts: (stack: StackSamples) => boolean): Profile {
  const builder = new ProfileBuilder();
  const frames = profile.frames.map((frame) => {
    const method = methodOf(frame);
    return method && builder.frame(method);
  });
  const threads = profile.threads.map((thread) => builder.thread(thread));
  const made = profile.stacks.map((stack) => {
    const path = stack.frames.map((index) => frames[index] ?? null).filter((index) => index !== null);
    if (path.length === 0 || !counts(stack)) return null;
    const index = builder.stack(path, stack.thread === undefined ? undefined : threads[stack.thread]);
    builder.count(index, stack.samples, stack.weight);
    return index;
  });
  return { ...builder.build(profile.meta), timeline: retimed(profile.timeline, made) };
}

function retimed(timeline: Profile['timeline'], made: readonly (number | null)[]): Profile['timeline'] {
  if (timeline === null) return null;
  const { atUs, stacks, weights } = timeline;
  const kept = [...stacks.keys()].flatMap((sample) => {
    const stack = made[stacks[sample] ?? -1] ?? null;
    return stack === null ? [] : [{ atUs: atUs[sample] ?? 0, stack, weight: weights[sample] ?? 0 }];
  });
  const startUs = kept[0]?.atUs ?? 0;
  return {
    atUs: kept.map((sample) => sample.atUs - startUs),
    stacks: kept.map(({ stack }) => stack),
    weights: kept.map(({ weight }) => weight),
  };
}

/** Null for what isn't a function. */
function methodOf(frame: Frame): Frame | null {
  const { name } = frame;
  if (name === CPU_TIME || name === UNMANAGED_TIME || ROOT.test(name)) return null;
  const [, module, method] = METHOD.exec(name) ?? [];
  if (module === undefined || method === undefined) return frame;
  if (method === '?') return { ...frame, name: '[unknown]', module: module === '?' ? null : module, kind: 'unknown' };
  return { ...frame, name: method, module: module === '?' ? null : module, kind: 'dotnet' };
}
