import type { Profile } from '../../model/profile.js';
import { groupBy } from '../../profiles/group-by.js';

/** A stack that a thread was in, or was last seen in, for a while. Microseconds since the first sample, whole numbers. */
export interface Interval {
  lane: number;
  fromUs: number;
  toUs: number;
  /** Index into the profile's stacks. */
  stack: number;
}

export interface Intervals {
  /** Threads, the busiest first. */
  lanes: string[];
  /** Lane by lane, in the order of time, without overlaps. */
  intervals: Interval[];
  /** Samples are drawn until the next one, but no longer than this; null if each has a duration of its own. */
  sampleUs: number | null;
}

/** A sample lasts until the next one of its thread if that comes within so many sampling intervals. */
const MAX_INTERVALS = 1.5;

/** A sample of a thread. */
interface Sample {
  atUs: number;
  stack: number;
  weight: number;
}

/** What each thread of a profile did when; null if the order of its samples isn't known. */
export function intervalsOf(profile: Profile): Intervals | null {
  const { timeline } = profile;
  if (timeline === null || timeline.atUs.length === 0) return null;
  const samples = new Map<number, Sample[]>();
  for (const [index, stack] of timeline.stacks.entries()) {
    const thread = profile.stacks[stack]?.thread ?? -1;
    const sample = { atUs: timeline.atUs[index] ?? 0, stack, weight: timeline.weights[index] ?? 0 };
    const known = samples.get(thread);
    if (known) known.push(sample);
    else samples.set(thread, [sample]);
  }
  const names = laneNames(profile);
  const weightOf = (of: readonly Sample[]) => of.reduce((sum, { weight }) => sum + weight, 0);
  const lanes = [...samples].sort(([, a], [, b]) => weightOf(b) - weightOf(a));
  const measured = hasDurations(profile);
  const usualUs = usualInterval(profile, samples.values());
  return {
    lanes: lanes.map(([thread]) => names.get(thread) ?? 'all samples'),
    intervals: lanes.flatMap(([, of], lane) => laneIntervals(of, lane, measured ? null : usualUs)),
    sampleUs: measured ? null : usualUs * MAX_INTERVALS,
  };
}

/** Whether weights are durations that differ, rather than the sampling interval again and again. */
function hasDurations({ meta, timeline }: Profile): boolean {
  return meta.unit === 'nanoseconds' && (timeline?.weights.some((weight) => weight !== timeline.weights[0]) ?? false);
}

/** Between two samples of a thread, microseconds. */
function usualInterval({ meta, timeline }: Profile, samples: Iterable<readonly Sample[]>): number {
  if (meta.unit === 'nanoseconds') return (timeline?.weights[0] ?? 0) / 1000;
  if (meta.rateHz !== null) return 1e6 / meta.rateHz;
  const gaps: number[] = [];
  for (const of of samples) {
    for (const [index, { atUs }] of of.entries()) if (index > 0) gaps.push(atUs - (of[index - 1]?.atUs ?? atUs));
  }
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 1;
}

/** @param usualUs null if samples have durations */
function laneIntervals(samples: readonly Sample[], lane: number, usualUs: number | null): Interval[] {
  const intervals: Interval[] = [];
  for (const [index, { atUs, stack, weight }] of samples.entries()) {
    const lasts = usualUs ?? weight / 1000;
    const next = samples[index + 1]?.atUs ?? Number.POSITIVE_INFINITY;
    const until = next - atUs <= lasts * MAX_INTERVALS ? next : atUs + lasts;
    const last = intervals.at(-1);
    const fromUs = Math.max(Math.round(atUs), last?.toUs ?? 0);
    const toUs = Math.max(fromUs + 1, Math.round(until));
    if (last && last.stack === stack && last.toUs === fromUs) last.toUs = toUs;
    else intervals.push({ lane, fromUs, toUs, stack });
  }
  return intervals;
}

/** Threads by the name that a grouping by thread gives them. */
function laneNames(profile: Profile): Map<number, string> {
  const { frames, stacks } = groupBy(profile, 'tid');
  return new Map(
    stacks.flatMap(({ thread, frames: [root = -1] }) => {
      const name = frames[root]?.name;
      return thread === undefined || name === undefined ? [] : [[thread, name] as const];
    }),
  );
}
