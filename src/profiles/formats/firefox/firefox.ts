import { isObject } from '../../../lib/json-value.js';
import type { Profile, ProfileMeta } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { blankMeta, ProfileBuilder } from '../../profile-builder.js';
import { kernelFramesAmong } from '../../symbols/frame-origin.js';
import { hasKey, type ProfileFormat, type ProfileSet, single, textOf } from '../format.js';
import { parseJson } from '../json-document.js';
import { geckoThreads } from './gecko.js';
import { processedThreads } from './processed.js';
import { EXPECTED, type FirefoxThread, listAt, textOrNull } from './tables.js';

/**
 * Parses a profile of the Firefox Profiler: processed (profiler.firefox.com, samply), as Firefox writes it (Gecko), or
 * saved by the older performance panel.
 *
 * Samples are taken by the wall clock, of threads that wait too. If the file says how much CPU time passed between
 * samples, the first profile weighs them by that; the other one always counts the time between samples.
 * @throws FormatError
 */
export function parseFirefox(text: string, title: string): ProfileSet {
  const document = parseJson(text, EXPECTED);
  if (!isObject(document)) throw new FormatError('not an object', { expected: EXPECTED });
  const file = isObject(document.profile) && !document.threads ? document.profile : document;
  const threads = isProcessed(file) ? processedThreads(file) : geckoThreads(file);
  const meta = isObject(file.meta) ? file.meta : {};
  const wall = wallProfile(threads, meta, title);
  const nsPerCpu = cpuUnitNs(meta);
  if (nsPerCpu === null || !threads.some(({ samples }) => samples.cpuDeltas !== null)) return single(wall);
  const cpu = buildProfile(
    threads,
    { ...wall.meta, kind: 'cpu', event: 'cpu-time', unit: 'nanoseconds' },
    (thread, index) =>
      // The first one is of the time before the recording.
      index === 0 ? 0 : (thread.samples.cpuDeltas?.[index] ?? 0) * nsPerCpu,
  );
  if (!cpu.stacks.some(({ weight }) => weight > 0)) return single(wall);
  return { profiles: [cpu, wall], chosen: 0 };
}

/** Tables with columns instead of rows. */
function isProcessed(file: Record<string, unknown>): boolean {
  const thread = listAt(file, 'threads', '')[0];
  if (!isObject(thread)) return isObject(file.shared);
  return isObject(thread.samples) && !('schema' in thread.samples);
}

function wallProfile(threads: readonly FirefoxThread[], meta: Record<string, unknown>, title: string): Profile {
  const type = threads.find(({ samples }) => samples.stacks.length > 0)?.samples.weightType ?? 'samples';
  const intervalMs = typeof meta.interval === 'number' && meta.interval > 0 ? meta.interval : null;
  const { unit, scale } = unitOf(type, intervalMs);
  const known: ProfileMeta = blankMeta({
    title,
    unit,
    kind: 'other',
    tool: toolOf(meta),
    event: type === 'bytes' ? 'bytes' : 'wall-clock',
    rateHz: type === 'samples' && intervalMs !== null ? 1000 / intervalMs : null,
    startedAt: startOf(meta),
    durationS: durationOf(threads),
  });
  return buildProfile(threads, known, ({ field, samples }, index) => {
    if (samples.weightType !== type) {
      const expected = `${type}, as in the threads before`;
      throw new FormatError(`weights in ${samples.weightType}`, { field: `${field}.samples.weightType`, expected });
    }
    return (samples.weights?.[index] ?? 1) * scale;
  });
}

function unitOf(weightType: string, intervalMs: number | null): { unit: ProfileMeta['unit']; scale: number } {
  if (weightType === 'bytes') return { unit: 'bytes', scale: 1 };
  if (weightType === 'tracing-ms') return { unit: 'nanoseconds', scale: 1e6 };
  return intervalMs === null ? { unit: 'samples', scale: 1 } : { unit: 'nanoseconds', scale: intervalMs * 1e6 };
}

/** The profile of all threads. @param weightOf of a sample by its index, in the unit of the profile */
function buildProfile(
  threads: readonly FirefoxThread[],
  meta: ProfileMeta,
  weightOf: (thread: FirefoxThread, index: number) => number,
): Profile {
  const builder = new ProfileBuilder();
  for (const thread of threads) {
    const { comm, pid, tid, samples, field } = thread;
    const stacks = new ThreadStacks(thread, builder, builder.thread({ comm, pid, tid }));
    for (const [index, stack] of samples.stacks.entries()) {
      const weight = weightOf(thread, index);
      if (weight < 0) {
        const place = `${field}.samples.weight[${index}]`;
        throw new FormatError(`${weight}: a comparison of two profiles`, {
          field: place,
          expected: 'a single profile',
        });
      }
      // No stack: the sampler saw nothing. No weight: the thread waited.
      if (stack === null || weight === 0) continue;
      const atMs = samples.times?.[index];
      builder.count(stacks.stack(stack), 1, weight, atMs === undefined ? undefined : atMs * 1000);
    }
  }
  const built = builder.build(meta);
  return { ...built, meta: { ...meta, kernel: kernelFramesAmong(built.frames) } };
}

/** A thread's stacks in the builder, by their index in the file. */
class ThreadStacks {
  readonly #thread: FirefoxThread;
  readonly #builder: ProfileBuilder;
  readonly #index: number;
  readonly #frames = new Map<number, number>();
  readonly #stacks = new Map<number, number>();

  constructor(thread: FirefoxThread, builder: ProfileBuilder, index: number) {
    this.#thread = thread;
    this.#builder = builder;
    this.#index = index;
  }

  /** @throws FormatError */
  stack(index: number): number {
    const known = this.#stacks.get(index);
    if (known !== undefined) return known;
    const made = this.#builder.stack(this.#path(index), this.#index);
    this.#stacks.set(index, made);
    return made;
  }

  /** Root first. Each step goes to a smaller index, so that it ends. */
  #path(leaf: number): number[] {
    const { stackFrames, stackParents, field } = this.#thread;
    const path: number[] = [];
    for (let index: number | null = leaf; index !== null && index >= 0; ) {
      const frame = stackFrames[index];
      if (frame === undefined || frame === null) {
        throw new FormatError(`no stack ${index}`, { field: `${field}.stackTable`, expected: 'indices of stacks' });
      }
      path.push(frame);
      const parent: number | null = stackParents[index] ?? null;
      if (parent !== null && parent >= index) {
        const expected = 'callers before what they call';
        throw new FormatError(`stack ${parent} calls ${index}`, { field: `${field}.stackTable`, expected });
      }
      index = parent;
    }
    // Gecko's root isn't a function.
    const root = path.at(-1);
    if (root !== undefined && path.length > 1 && this.#thread.frame(root).name === '(root)') path.pop();
    return path.reverse().map((frame) => this.#frame(frame));
  }

  #frame(index: number): number {
    const known = this.#frames.get(index);
    if (known !== undefined) return known;
    const made = this.#builder.frame(this.#thread.frame(index));
    this.#frames.set(index, made);
    return made;
  }
}

/** Null if it isn't a time: cycles differ from core to core. */
function cpuUnitNs({ sampleUnits }: Record<string, unknown>): number | null {
  const unit = isObject(sampleUnits) ? sampleUnits.threadCPUDelta : null;
  return unit === 'ns' ? 1 : unit === 'µs' || unit === 'us' ? 1e3 : null;
}

function toolOf({ importedFrom, product }: Record<string, unknown>): string {
  return textOrNull(importedFrom) ?? (product === 'Firefox' ? 'Firefox' : 'Firefox Profiler');
}

function startOf({ startTime }: Record<string, unknown>): string | null {
  // The range of dates (ECMA-262, "Time Values and Time Range").
  const known = typeof startTime === 'number' && startTime > 0 && startTime <= 8.64e15;
  return known ? new Date(startTime).toISOString() : null;
}

function durationOf(threads: readonly FirefoxThread[]): number | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { samples } of threads) {
    for (const time of samples.times ?? []) {
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return last > first ? (last - first) / 1000 : null;
}

export const firefoxFormat: ProfileFormat = {
  name: 'firefox',
  title: "Firefox Profiler's (samply's too)",
  kind: 'whole',
  detect: (start) =>
    start.kind === 'json' &&
    (hasKey(start.text, 'preprocessedProfileVersion', '\\d') ||
      hasKey(start.text, 'stackwalk', '\\d') ||
      (hasKey(start.text, 'label', '"') &&
        hasKey(start.text, 'duration', '\\d') &&
        hasKey(start.text, 'markers', '\\['))),
  parse: (bytes, title) => parseFirefox(textOf(bytes), title),
};
