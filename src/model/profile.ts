import { z } from 'zod';
import { CategoryRule } from './category.js';
import { Colour } from './names.js';
import { ProfilerName } from './profiler.js';
import { Count, Microseconds, Rate, Seconds } from './ranges.js';

/**
 * What sort of code a frame is. `unknown`: an address that nothing could name. `thread`: not code, but the program, process
 * or thread that a stack belongs to, as the root that grouping by it adds.
 */
export const FrameKind = z.enum([
  'native',
  'inlined',
  'kernel',
  'go',
  'javascript',
  'python',
  'lua',
  'java',
  'dotnet',
  'ruby',
  'unknown',
  'thread',
]);
export type FrameKind = z.infer<typeof FrameKind>;

/** One function. Two frames are the same where the first five fields are. */
export const Frame = z.strictObject({
  /** Demangled, without offsets or addresses; `[unknown]` where nothing could name it, with its address where that is known. */
  name: z.string(),
  /** Source file, where the tool knows it. */
  file: z.string().nullable(),
  /** Of the function's start where the tool tells, else null. */
  line: z.number().int().nullable(),
  /** Binary or package: `/usr/bin/node`, `[kernel]`, `net/http`. */
  module: z.string().nullable(),
  kind: FrameKind,
  /** The symbol that `name` was made from, where that is another: mangled C++ and Rust, Java descriptors. */
  rawName: z.string().optional(),
});
export type Frame = z.infer<typeof Frame>;

/** The thread that samples were taken of, as far as the tool tells. */
export const Thread = z.strictObject({
  /** The program's name, or the thread's own: `nginx`, `dotnet-gc`. */
  comm: z.string().nullable(),
  pid: z.number().int().nullable(),
  tid: z.number().int().nullable(),
});
export type Thread = z.infer<typeof Thread>;

/** A unique stack of a thread, and all samples that were seen with it. */
export const StackSamples = z.strictObject({
  /** Indices into `frames`, root first. */
  frames: z.array(z.number().int().min(0)).min(1),
  samples: z.number().int().min(0),
  /** In the profile's unit. */
  weight: z.number().min(0),
  /** Index into `threads`; absent where the tool doesn't tell threads apart. */
  thread: z.number().int().min(0).optional(),
});
export type StackSamples = z.infer<typeof StackSamples>;

/** The samples in the order of time: three arrays of one length, sorted by `atUs`. */
const Timeline = z.strictObject({
  /** Time since the first sample, microseconds. */
  atUs: z.array(z.number().min(0)),
  /** Indices into `stacks`. */
  stacks: z.array(z.number().int().min(0)),
  /** In the profile's unit. */
  weights: z.array(z.number().min(0)),
});

/**
 * What a weight counts: CPU (or waiting) time, or samples where the tool knows no more than that. `events`: occurrences of
 * `meta.event`, such as cycles or page faults.
 */
export const WeightUnit = z.enum(['nanoseconds', 'samples', 'bytes', 'events']);
export type WeightUnit = z.infer<typeof WeightUnit>;

/** `cpu`: time on a CPU. `off-cpu`: time blocked. `mutex`, `block`: Go's own delays. */
export const ProfileKind = z.enum(['cpu', 'off-cpu', 'mutex', 'block', 'other']);
export type ProfileKind = z.infer<typeof ProfileKind>;

/** How far the kernel's part can be read. `absent`: the tool sees no kernel frames, and bills them to the caller. */
export const KernelFrames = z.enum(['named', 'addresses', 'absent']);
export type KernelFrames = z.infer<typeof KernelFrames>;

export const ProfileMeta = z.strictObject({
  /** `Portkey 1.15.2, perf, 50 VUs`. */
  title: z.string(),
  kind: ProfileKind,
  /** Null for what was imported. */
  profiler: ProfilerName.nullable(),
  /** `perf 6.1.187`. */
  tool: z.string().nullable(),
  /** How it was captured, so that it can be done again. */
  command: z.string().nullable(),
  /** The event that was really sampled, read back from the data: `cpu-clock`. */
  event: z.string().nullable(),
  rateHz: z.number().positive().nullable(),
  unit: WeightUnit,
  /**
   * CPU time of one unit of weight, nanoseconds, where weights are counts of an event that ticks with it: cycles taken at
   * a rate. Null where that isn't known, and for units that say it themselves.
   */
  cpuNsPerWeight: z.number().positive().nullable().default(null),
  startedAt: z.string().nullable(),
  /** Of the capture, measured. */
  durationS: Seconds.nullable(),
  /** Samples that the tool says it lost; null where it doesn't say. */
  lost: Count.nullable(),
  kernel: KernelFrames,
  /** What was profiled; null for a process that gatebench didn't start. */
  subject: z
    .strictObject({
      /** `litellm:workers`. */
      label: z.string(),
      title: z.string(),
      version: z.string().nullable(),
      language: z.string(),
      colour: Colour,
    })
    .nullable(),
  /** The load while it was captured; null if gatebench gave none. */
  load: z
    .strictObject({
      vus: Count,
      /** Successes a second, with the profiler on. */
      ratePerSec: Rate,
      /** Completions, failed ones too, while the capture ran: what CPU time per request is divided by. */
      requests: z.number().min(0),
      /** Of the whole process tree, by the kernel's own accounting in the same cell: what the samples should add up to. */
      cpuUsPerRequest: Microseconds.nullable().default(null),
    })
    .nullable(),
  /** Rules of the gateway's own, tried before the general ones. */
  rules: z.array(CategoryRule),
  /** What a reader must know to not misread it, in sentences. */
  caveats: z.array(z.string()),
});
export type ProfileMeta = z.infer<typeof ProfileMeta>;

/** `cells/<cell-id>/profile.json.gz`: the one form that every profiler's output is brought to. */
export const Profile = z
  .strictObject({
    /** 1: without threads and timeline. */
    schemaVersion: z.literal([1, 2]).transform(() => 2 as const),
    meta: ProfileMeta,
    frames: z.array(Frame),
    /** Unique, in the order in which they were first seen. */
    stacks: z.array(StackSamples),
    threads: z.array(Thread).default([]),
    /** Null where the capture has no order, or is too long to keep it. */
    timeline: Timeline.nullable().default(null),
  })
  .superRefine(({ frames, stacks, threads, timeline }, context) => {
    const foreign = stacks.findIndex(({ thread }) => thread !== undefined && thread >= threads.length);
    if (foreign >= 0) {
      const message = `no thread ${stacks[foreign]?.thread}; expected indices of ${threads.length} threads`;
      context.addIssue({ code: 'custom', path: ['stacks', foreign, 'thread'], message });
    }
    const outside = timeline?.stacks.findIndex((stack) => stack >= stacks.length) ?? -1;
    if (outside >= 0) {
      const message = `no stack ${timeline?.stacks[outside]}; expected indices of ${stacks.length} stacks`;
      context.addIssue({ code: 'custom', path: ['timeline', 'stacks', outside], message });
    }
    if (timeline && new Set([timeline.atUs.length, timeline.stacks.length, timeline.weights.length]).size > 1) {
      context.addIssue({ code: 'custom', path: ['timeline'], message: 'arrays of different lengths' });
    }
    for (const [index, stack] of stacks.entries()) {
      const missing = stack.frames.find((frame) => frame >= frames.length);
      if (missing === undefined) continue;
      context.addIssue({
        code: 'custom',
        path: ['stacks', index, 'frames'],
        message: `no frame ${missing}; expected indices of ${frames.length} frames`,
      });
      return;
    }
  });
export type Profile = z.infer<typeof Profile>;
