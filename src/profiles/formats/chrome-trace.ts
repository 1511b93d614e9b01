import { z } from 'zod';
import { formatShare } from '../../lib/format.js';
import type { Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { hasKey, type ProfileFormat, single, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';
import { addV8Profile, V8Node, V8Profile } from './v8-profile.js';

const EXPECTED =
  "a trace of DevTools' Performance panel, with CPU profiles (Profile, ProfileChunk or CpuProfile events)";

/**
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU, and what V8 writes into it:
 * https://github.com/v8/v8/blob/main/src/profiler/profile-generator.cc (StreamPendingTraceEvents).
 */
const TraceEvent = z.object({ name: z.string(), pid: z.number().int(), tid: z.number().int() });

const Chunk = z.object({
  args: z.object({
    data: z
      .object({
        cpuProfile: z
          .object({ nodes: z.array(V8Node).default([]), samples: z.array(z.number()).default([]) })
          .optional(),
        timeDeltas: z.array(z.number()).default([]),
        startTime: z.number().optional(),
        endTime: z.number().optional(),
      })
      .optional(),
  }),
  /** A number in older traces. */
  id: z.union([z.string(), z.number()]).optional(),
});

/** Before Chrome 58: the whole profile in one event. */
const WholeProfile = z.object({ args: z.object({ data: z.object({ cpuProfile: V8Profile }).optional() }) });

const NamedThread = TraceEvent.extend({ args: z.object({ name: z.string() }) });

/** The CPU profile of a thread. */
interface ThreadProfile extends V8Profile {
  pid: number;
  tid: number;
  samples: number[];
  timeDeltas: number[];
}

/**
 * Parses the CPU profiles of a trace, all its threads into one profile. Weights are the times between samples, in
 * nanoseconds; idle time is left out.
 * @throws FormatError
 */
export function parseChromeTrace(text: string, title: string): Profile {
  const events = eventsOf(text);
  const { profiles, names } = collect(events);
  if (profiles.length === 0) {
    throw new FormatError('a trace without a CPU profile', { field: 'traceEvents', expected: EXPECTED });
  }
  const builder = new ProfileBuilder();
  let total = 0;
  let idle = 0;
  for (const profile of profiles) {
    const { pid, tid } = profile;
    const thread = builder.thread({ comm: names.get(`${pid}:${tid}`) ?? null, pid, tid });
    const added = addV8Profile(builder, profile, { binary: 'chrome', thread, mayLackNodes: true });
    total += added.weight;
    idle += added.idle;
  }
  const idleShare = total > 0 ? idle / total : 0;
  return builder.build(
    blankMeta({
      title,
      unit: 'nanoseconds',
      tool: 'V8 CPU profiler',
      event: 'wall-clock',
      durationS: durationS(profiles),
      caveats: [
        ...(idleShare > 0
          ? [
              `${formatShare(idleShare)} of the time the threads were idle; that time is left out, and shares are of the rest.`,
            ]
          : []),
        'Only JavaScript, on threads that V8 sampled. (program) is native code that ran without JavaScript on the stack.',
      ],
    }),
  );
}

function eventsOf(text: string): readonly unknown[] {
  const document = parseJson(closed(text), EXPECTED);
  if (Array.isArray(document)) return document;
  const events =
    typeof document === 'object' && document !== null && 'traceEvents' in document ? document.traceEvents : null;
  if (!Array.isArray(events)) throw new FormatError('no list of events', { field: 'traceEvents', expected: EXPECTED });
  return events;
}

/** A list of events may lack its end, so that a program that was killed leaves a valid file. */
function closed(text: string): string {
  if (!/^\s*\[/.test(text) || /\]\s*$/.test(text)) return text;
  return `${text.replace(/,?\s*$/, '')}]`;
}

const KINDS: ReadonlySet<unknown> = new Set(['Profile', 'ProfileChunk', 'CpuProfile', 'thread_name']);

function collect(events: readonly unknown[]): { profiles: ThreadProfile[]; names: Map<string, string> } {
  const profiles = new Map<string, ThreadProfile>();
  const names = new Map<string, string>();
  for (const { event, index, name } of inOrder(events)) {
    if (name === 'thread_name') {
      const named = NamedThread.safeParse(event).data;
      if (named) names.set(`${named.pid}:${named.tid}`, named.args.name);
      continue;
    }
    const read = <Schema extends z.ZodType>(schema: Schema) => readEvent(schema, event, index);
    const { pid, tid } = read(TraceEvent);
    if (name === 'CpuProfile') {
      const whole = read(WholeProfile).args.data?.cpuProfile;
      const { samples = [], timeDeltas = [] } = whole ?? {};
      if (whole) profiles.set(`${pid}:${tid}`, { ...whole, pid, tid, samples, timeDeltas });
      continue;
    }
    const chunk = read(Chunk);
    // Chunks are written by another thread of the same process, so the ID tells what they belong to.
    const key = `${pid}:${chunk.id ?? tid}`;
    if (name === 'Profile') profiles.set(key, { pid, tid, nodes: [], samples: [], timeDeltas: [] });
    // The start of a profile may be missing where the trace's buffer was full.
    const profile = profiles.get(key);
    if (profile) addChunk(profile, chunk);
  }
  return { profiles: [...profiles.values()], names };
}

/** The events that count, by their time: each thread writes its own buffer. */
function inOrder(events: readonly unknown[]): { event: object; index: number; name: unknown; ts: number }[] {
  return events
    .flatMap((event, index) => {
      if (typeof event !== 'object' || event === null || !('name' in event) || !KINDS.has(event.name)) return [];
      const ts = 'ts' in event && typeof event.ts === 'number' ? event.ts : 0;
      return [{ event, index, name: event.name, ts }];
    })
    .sort((a, b) => a.ts - b.ts);
}

function addChunk(profile: ThreadProfile, { args: { data } }: z.infer<typeof Chunk>): void {
  if (!data) return;
  for (const node of data.cpuProfile?.nodes ?? []) profile.nodes.push(node);
  for (const sample of data.cpuProfile?.samples ?? []) profile.samples.push(sample);
  for (const delta of data.timeDeltas) profile.timeDeltas.push(delta);
  if (data.startTime !== undefined) profile.startTime = data.startTime;
  if (data.endTime !== undefined) profile.endTime = data.endTime;
}

function readEvent<Schema extends z.ZodType>(schema: Schema, event: unknown, index: number): z.output<Schema> {
  try {
    return checked(schema, event, EXPECTED);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(error.what, { field: `traceEvents[${index}].${error.field ?? ''}`, expected: EXPECTED });
  }
}

/** From the first profile's start to the last one's end or sample. */
function durationS(profiles: readonly ThreadProfile[]): number | null {
  const spans = profiles.map(({ startTime = 0, endTime, timeDeltas }) => ({
    startUs: startTime,
    endUs: Math.max(endTime ?? 0, startTime + timeDeltas.reduce((sum, delta) => sum + delta, 0)),
  }));
  const startUs = Math.min(...spans.map((span) => span.startUs));
  const endUs = Math.max(...spans.map((span) => span.endUs));
  return endUs > startUs ? (endUs - startUs) / 1e6 : null;
}

export const chromeTraceFormat: ProfileFormat = {
  name: 'chrome-trace',
  title: "DevTools' performance traces",
  kind: 'whole',
  detect: (start) =>
    start.kind === 'json' &&
    (hasKey(start.text, 'traceEvents', '\\[') ||
      (/^\s*\[/.test(start.text) && hasKey(start.text, 'ph', '"') && hasKey(start.text, 'pid', '\\d'))),
  fileName: /^(?:Trace|Profile)-\d{8}T\d{6}\.json$/,
  parse: (bytes, title) => single(parseChromeTrace(textOf(bytes), title)),
};
