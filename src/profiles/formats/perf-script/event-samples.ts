import type { Profile, ProfileKind, Thread } from '../../../model/profile.js';
import { blankMeta, ProfileBuilder } from '../../profile-builder.js';
import type { SymbolResolver } from '../../symbols/binary-symbols.js';
import type { JavaScriptTier } from '../../symbols/v8-symbol.js';
import { DEFAULT_MAX_STACK, kernelFramesOf, perfCaveats } from './caveats.js';
import { finalizeFrames, type KnownFrame, owned, PerfFrameTable, rootFirst } from './frames.js';
import { type PerfHeader, recordedEvent } from './header.js';

/** Events in nanoseconds of CPU time: their period is the time since the last sample. */
const CLOCK = /(?:^|\/)(?:cpu|task)-clock(?:[:/]|$)/;
/** By `perf record --off-cpu`: nanoseconds that a thread waited, with the stack it waited in. */
const OFF_CPU = /^offcpu-time(?:[:/]|$)/;
/** Events that tick while a CPU runs: their samples are spread like CPU time. */
const CYCLES = /(?:^|\/)(?:cpu-cycles|cycles|ref-cycles)(?:[:/]|$)/;
/** Excluded by a modifier: `cycles:uppp`, `cycles/freq=99/u`. Tracepoints have colons too. */
const USER_ONLY = /[:/][GHIPSDWehp]*u[GHIPSDWehpu]*$/;

/** A sample as perf printed it, without its stack. */
interface SampleFacts {
  /** Null if perf was told not to print it. */
  thread: Thread | null;
  atUs: number | null;
  period: number | null;
}

/** What is known of the whole file. */
interface FileFacts {
  title: string;
  header: PerfHeader;
  lost: number | null;
  /** Of the file, in sentences. */
  caveats: readonly string[];
}

/** The samples of one event. */
export class EventSamples {
  readonly table: PerfFrameTable;
  readonly #name: string | null;
  readonly #rateHz: number | null;
  /** Of a clock's sample, if perf didn't print it, nanoseconds. */
  readonly #expectedPeriod: number | null;
  readonly #userOnly: boolean;
  readonly #builder = new ProfileBuilder();
  readonly #tierWeights = new Map<JavaScriptTier, number>();
  /** Of the last sample: most samples are of the same thread as the one before. */
  #thread: { known: Thread; index: number } | null = null;
  #samples = 0;
  #deepSamples = 0;
  #weight = 0;
  #allHavePeriods = true;
  #firstUs = Number.POSITIVE_INFINITY;
  #lastUs = Number.NEGATIVE_INFINITY;

  /** @param name as on sample lines; null if perf didn't print it */
  constructor(name: string | null, header: PerfHeader, resolve: SymbolResolver | null) {
    const recorded = recordedEvent(header, name);
    this.#name = name ?? recorded?.name ?? null;
    const rateHz = recorded?.rateHz ?? null;
    this.#rateHz = rateHz;
    this.#expectedPeriod = this.#isClock && rateHz !== null && recorded?.ofCommand === false ? 1e9 / rateHz : null;
    this.#userOnly = recorded?.userOnly === true || USER_ONLY.test(this.#name ?? '');
    this.table = new PerfFrameTable(this.#builder, resolve);
  }

  get name(): string | null {
    return this.#name;
  }

  get samples(): number {
    return this.#samples;
  }

  /** Whether the event measures CPU time, as cycles do: perf's own default, so also what perf doesn't name. */
  get kind(): ProfileKind {
    if (this.#name === null || this.#isClock || CYCLES.test(this.#name)) return 'cpu';
    return OFF_CPU.test(this.#name) ? 'off-cpu' : 'other';
  }

  get #isClock(): boolean {
    return this.#name !== null && CLOCK.test(this.#name);
  }

  /** @param chain as perf prints it, leaf first */
  add(chain: readonly KnownFrame[], { thread, atUs, period }: SampleFacts): void {
    const weight = period ?? this.#expectedPeriod;
    if (weight === null) this.#allHavePeriods = false;
    this.#samples += 1;
    this.#weight += weight ?? 0;
    if (atUs !== null) {
      this.#firstUs = Math.min(this.#firstUs, atUs);
      this.#lastUs = Math.max(this.#lastUs, atUs);
    }
    const code = chain.filter(({ chainEnd }) => !chainEnd);
    this.#tally(code, weight ?? 1);
    const stack = code.length > 0 ? rootFirst(code, this.table) : [this.#builder.frame(NOTHING)];
    this.#builder.add(stack, 1, weight ?? 1, {
      thread: thread === null ? undefined : this.#threadIndex(thread),
      atUs: atUs ?? undefined,
    });
  }

  #tally(code: readonly KnownFrame[], weight: number): void {
    const tier = code[0]?.tier;
    if (tier) this.#tierWeights.set(tier, (this.#tierWeights.get(tier) ?? 0) + weight);
    if (code.length < DEFAULT_MAX_STACK) return;
    if (code.filter(({ inlined }) => inlined === null).length >= DEFAULT_MAX_STACK) this.#deepSamples += 1;
  }

  #threadIndex(thread: Thread): number {
    const last = this.#thread?.known;
    if (this.#thread && last?.tid === thread.tid && last.pid === thread.pid && last.comm === thread.comm) {
      return this.#thread.index;
    }
    const known = { ...thread, comm: thread.comm === null ? null : owned(thread.comm) };
    this.#thread = { known, index: this.#builder.thread(known) };
    return this.#thread.index;
  }

  /** The kernel adapts the period so that cycles give one sample for each part of a second that a CPU runs. */
  #cpuNsPerWeight(): number | null {
    if (this.#isClock || this.kind !== 'cpu' || this.#rateHz === null) return null;
    return (this.#samples * 1e9) / this.#rateHz / this.#weight;
  }

  /** Weights are periods if all samples have one, and they aren't all 0; else each sample counts as one. */
  profile({ title, header, lost, caveats }: FileFacts): Profile {
    const hasPeriods = this.#allHavePeriods && this.#weight > 0;
    const spanS = this.#lastUs > this.#firstUs ? (this.#lastUs - this.#firstUs) / 1e6 : null;
    const built = this.#builder.build(
      blankMeta({
        title,
        kind: this.kind,
        unit: !hasPeriods ? 'samples' : this.#isClock || this.kind === 'off-cpu' ? 'nanoseconds' : 'events',
        profiler: 'perf',
        tool: header.tool,
        command: header.command,
        event: this.#name,
        rateHz: this.#rateHz,
        cpuNsPerWeight: hasPeriods ? this.#cpuNsPerWeight() : null,
        durationS: header.durationS ?? spanS,
        lost,
      }),
    );
    const weighted = hasPeriods ? built : countingSamples(built);
    const profile = finalizeFrames({
      ...weighted,
      meta: { ...built.meta, kernel: kernelFramesOf(built.frames, this.#userOnly) },
    });
    const own = perfCaveats(profile, {
      samples: this.#samples,
      tierWeights: this.#tierWeights,
      deepSamples: this.#deepSamples,
    });
    return { ...profile, meta: { ...profile.meta, caveats: [...own, ...caveats] } };
  }
}

/** The frame of samples without any frame. */
const NOTHING = { name: '[unknown]', file: null, line: null, module: null, kind: 'unknown' } as const;

function countingSamples(profile: Profile): Profile {
  const { stacks, timeline } = profile;
  return {
    ...profile,
    stacks: stacks.map((stack) => ({ ...stack, weight: stack.samples })),
    timeline: timeline && { ...timeline, weights: timeline.weights.map(() => 1) },
  };
}
