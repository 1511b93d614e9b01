import { formatShare } from '../../lib/format.js';
import type { Frame, Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { shareOf } from '../measures.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import type { SymbolResolver } from '../symbols/binary-symbols.js';
import { kernelFramesOf } from './perf-script/caveats.js';
import { finalizeFrames, type KnownFrame, PerfFrameTable, rootFirst } from './perf-script/frames.js';
import { NO_HEADER, type PerfHeader, readHeaderLine } from './perf-script/header.js';

const RUN_QUEUE_NAME = '[waiting for a CPU]';
/** The innermost frame while a thread could have run. */
const RUN_QUEUE: Frame = { name: RUN_QUEUE_NAME, file: null, line: null, module: '[kernel]', kind: 'kernel' };
const NO_STACK: Frame = { name: '[unknown]', file: null, line: null, module: null, kind: 'unknown' };

// `comm tid seconds.nanoseconds: ` and either record. The command may contain spaces and numbers.
const EVENT = /^\s*\S.*?\s(-?\d+)\s+(?:\[\d+\]\s+)?(\d+)\.(\d{6}|\d{9}):\s+(.*)$/;
const SWITCH_OUT = /^sched:sched_switch:.*\bprev_state=(\S+)/;
// At the tip of every stack; its caller is what the thread waited for.
const WAY_OUT = /^\tf{4}[0-9a-f]{12} (?:__schedule|(?:preempt_|io_)?schedule\w*)(?:\+0x[0-9a-f]+)? \(/;
const LOST = /\bPERF_RECORD_LOST\w*(?: lost (\d+))?/;

interface Leaving {
  tid: number;
  atNs: number;
  state: string;
}

/**
 * Finds out where threads waited. Parses, as a stream, `perf script --ns --show-switch-events --show-lost-events
 * -F comm,tid,time,event,trace,ip,sym,symoff,dso` of a recording of `sched:sched_switch` with `--switch-events`.
 *
 * Both records are needed. The tracepoint has the stack and the state of a thread that leaves its CPU, but it fires in
 * the thread that leaves: if only some processes are recorded, it doesn't say when a thread comes back.
 * PERF_RECORD_SWITCH does, for every recorded thread, without recording the whole machine.
 */
export class SchedSwitchParser {
  readonly #builder = new ProfileBuilder();
  readonly #table: PerfFrameTable;
  readonly #pairing = new SwitchPairing<number[]>();
  readonly #tally = { blockedNs: 0, readyNs: 0, outlastingNs: 0 };
  #header: PerfHeader = NO_HEADER;
  /** perf prints a record for lost events, and nothing if there were none. */
  #lost = 0;
  #remainder = '';
  #lineNumber = 0;
  #firstNs: number | null = null;
  #lastNs = 0;
  #leaving: Leaving | null = null;
  #chain: KnownFrame[] = [];

  constructor({ resolve = null }: { resolve?: SymbolResolver | null } = {}) {
    this.#table = new PerfFrameTable(this.#builder, resolve);
  }

  /** Takes text in chunks, cut anywhere. @throws FormatError at the first line that isn't perf's */
  feed(chunk: string): void {
    const lines = (this.#remainder + chunk).split('\n');
    this.#remainder = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** @throws FormatError if no thread waited */
  end(): Profile {
    if (this.#remainder) this.#line(this.#remainder);
    this.#remainder = '';
    this.#finishLeaving();
    for (const wait of this.#pairing.rest(this.#lastNs)) {
      this.#tally.outlastingNs += wait.waitedNs;
      this.#count(wait);
    }
    if (this.#tally.blockedNs + this.#tally.readyNs === 0) {
      throw new FormatError('no waits', { expected: 'sched:sched_switch events and PERF_RECORD_SWITCH records' });
    }
    const { tool, command } = this.#header;
    const profile = finalizeFrames(
      this.#builder.build(
        blankMeta({
          title: 'off-CPU',
          kind: 'off-cpu',
          unit: 'nanoseconds',
          profiler: 'off-cpu',
          event: 'sched:sched_switch',
          tool,
          command,
          // The header says 0 if perf recorded without build ids.
          durationS: (this.#lastNs - (this.#firstNs ?? this.#lastNs)) / 1e9,
          lost: this.#lost,
        }),
      ),
    );
    const meta = { ...profile.meta, kernel: kernelFramesOf(profile.frames, false) };
    return { ...profile, meta: { ...meta, caveats: offCpuCaveats(profile, { ...this.#tally, lost: this.#lost }) } };
  }

  #line(line: string): void {
    this.#lineNumber += 1;
    if (line.startsWith('\t')) this.#frameLine(line);
    else if (line.startsWith('#')) this.#header = readHeaderLine(this.#header, line);
    else if (line.trim() === '') this.#finishLeaving();
    else this.#eventLine(line);
  }

  #frameLine(line: string): void {
    if (this.#leaving && this.#chain.length === 0 && WAY_OUT.test(line)) return;
    const frame = this.#leaving && this.#table.frame(line);
    if (!frame) throw this.#error(line);
    if (!frame.chainEnd) this.#chain.push(frame);
  }

  #eventLine(line: string): void {
    this.#finishLeaving();
    const [, tid, seconds, fraction, what] = EVENT.exec(line) ?? [];
    const lost = LOST.exec(line);
    if (lost) {
      this.#lost += Number(lost[1] ?? 0);
      return;
    }
    if (tid === undefined || fraction === undefined || what === undefined) throw this.#error(line);
    const atNs = Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0'));
    this.#firstNs ??= atNs;
    this.#lastNs = Math.max(this.#lastNs, atNs);
    const state = SWITCH_OUT.exec(what)?.[1];
    if (state !== undefined) this.#leaving = { tid: Number(tid), atNs, state };
    else if (/^PERF_RECORD_SWITCH\w* +IN\b/.test(what)) {
      const wait = this.#pairing.in(Number(tid), atNs);
      if (wait) this.#count(wait);
    }
  }

  #finishLeaving(): void {
    if (!this.#leaving) return;
    const stack = rootFirst(this.#chain, this.#table);
    if (stack.length === 0) stack.push(this.#builder.frame(NO_STACK));
    this.#pairing.out(this.#leaving.tid, this.#leaving.atNs, this.#leaving.state, stack);
    this.#leaving = null;
    this.#chain = [];
  }

  #count({ stack, ready, waitedNs }: Wait<number[]>): void {
    this.#tally[ready ? 'readyNs' : 'blockedNs'] += waitedNs;
    this.#builder.add(ready ? [...stack, this.#builder.frame(RUN_QUEUE)] : stack, 1, waitedNs);
  }

  #error(line: string): FormatError {
    return new FormatError(`not a line of perf script: ${JSON.stringify(line.slice(0, 80))}`, {
      line: this.#lineNumber,
      expected: 'sched:sched_switch and switch records',
    });
  }
}

/** The time from leaving a CPU to coming back, or to the end of the recording. */
interface Wait<Stack> {
  stack: Stack;
  /** The thread could have run: it was preempted, or it yielded. Otherwise it was blocked. */
  ready: boolean;
  waitedNs: number;
}

interface Departure<Stack> {
  stack: Stack;
  ready: boolean;
  atNs: number;
}

/**
 * Pairs each thread's switch-out with its next switch-in. Holds at most one switch-out per thread.
 *
 * ```
 *        out(stack A)          in  out(stack B)   in
 * ---run---|.......waited.......|----|....waited....|---run---
 * ```
 */
export class SwitchPairing<Stack> {
  readonly #away = new Map<number, Departure<Stack>>();

  /** @param state the thread's new state, in the kernel's letters: `S`, `D`, `R+`, `X` */
  out(tid: number, atNs: number, state: string, stack: Stack): void {
    // Dead threads don't come back, and their ids may be reused.
    if (/^[XZ]/.test(state)) this.#away.delete(tid);
    else this.#away.set(tid, { stack, ready: state.startsWith('R'), atNs });
  }

  /** Null if the thread left before the recording began, or the event was lost. */
  in(tid: number, atNs: number): Wait<Stack> | null {
    const leaving = this.#away.get(tid);
    if (!leaving) return null;
    this.#away.delete(tid);
    return waitUntil(leaving, atNs);
  }

  /** Waits that outlast the recording, up to its end. */
  rest(endNs: number): Wait<Stack>[] {
    const waits = [...this.#away.values()].map((leaving) => waitUntil(leaving, endNs));
    this.#away.clear();
    return waits;
  }
}

function waitUntil<Stack>({ stack, ready, atNs }: Departure<Stack>, untilNs: number): Wait<Stack> {
  return { stack, ready, waitedNs: Math.max(0, untilNs - atNs) };
}

/** What the parser counted beside the profile. */
interface OffCpuTally {
  blockedNs: number;
  /** Waiting for a CPU after being preempted or yielding. */
  readyNs: number;
  /** Of waits that outlast the recording. */
  outlastingNs: number;
  lost: number;
}

/** Functions in which threads wait for work: event loops, and Go's parked and monitoring threads. */
const IDLE = {
  kernel: /^(?:do_epoll_wait|ep_poll|do_epoll_pwait.*|do_poll.*|do_sys_poll|do_select|core_sys_select)$/,
  go: /^runtime\.(?:stopm|sysmon|netpoll|templateThread)$/,
} as const;

/** What a reader of the profile must know. */
function offCpuCaveats(profile: Profile, tally: OffCpuTally): string[] {
  const totalNs = tally.blockedNs + tally.readyNs;
  return [
    idle(profile, totalNs),
    `${formatShare(shareOf(tally.readyNs, totalNs))} of the waiting was for a CPU, by threads that were preempted or yielded (under ${RUN_QUEUE_NAME}). The time from a wake-up until the thread runs counts as blocked.`,
    'Waiting times are summed over all threads: the total may be many times the duration.',
    profile.frames.some(({ kind }) => kind === 'go')
      ? "Only threads are visible. A waiting goroutine frees its thread for others: see Go's block and mutex profiles."
      : null,
    tally.outlastingNs / totalNs >= 0.01
      ? `${formatShare(shareOf(tally.outlastingNs, totalNs))} is in waits that outlast the recording. Threads that never ran during it are missing.`
      : null,
    tally.lost > 0
      ? `${tally.lost} events were lost: some waits are missing or counted as part of an earlier one.`
      : null,
  ].filter((caveat) => caveat !== null);
}

function idle({ frames, stacks }: Profile, totalNs: number): string | null {
  const isIdle = frames.map(({ kind, name }) => (kind === 'kernel' || kind === 'go') && IDLE[kind].test(name));
  const idleNs = stacks
    .filter((stack) => stack.frames.some((index) => isIdle[index]))
    .reduce((sum, { weight }) => sum + weight, 0);
  if (idleNs === 0) return null;
  return `${formatShare(shareOf(idleNs, totalNs))} of the waiting is by threads that wait for work (event loops in epoll, poll or select; parked Go threads), which delays nothing.`;
}
