import type { Frame, Profile } from '../../../model/profile.js';
import { blankMeta } from '../../blank-meta.js';
import { ProfileBuilder } from '../../profile-builder.js';
import type { SymbolResolver } from '../../symbols/symbol-resolver.js';
import { FormatError } from '../format-error.js';
import { finalizeFrames } from '../perf-script/finalize-profile.js';
import { kernelFramesOf } from '../perf-script/perf-caveats.js';
import { rootFirst } from '../perf-script/perf-chain.js';
import { type KnownFrame, PerfFrameTable } from '../perf-script/perf-frame-table.js';
import { NO_HEADER, type PerfHeader, readHeaderLine } from '../perf-script/perf-header.js';
import { offCpuCaveats, RUN_QUEUE_NAME } from './off-cpu-caveats.js';
import { SwitchPairing, type Wait } from './switch-pairing.js';

/** Innermost frame of a wait in which the thread could have run. */
const RUN_QUEUE: Frame = { name: RUN_QUEUE_NAME, file: null, line: null, module: '[kernel]', kind: 'kernel' };
const NO_STACK: Frame = { name: '[unknown]', file: null, line: null, module: null, kind: 'unknown' };

// `comm tid seconds.nanoseconds: ` and either record. The command may hold spaces and numbers.
const EVENT = /^\s*\S.*?\s(-?\d+)\s+(?:\[\d+\]\s+)?(\d+)\.(\d{6}|\d{9}):\s+(.*)$/;
const SWITCH_OUT = /^sched:sched_switch:.*\bprev_state=(\S+)/;
// The way out of every wait, at the tip of its stack: what stands before it is what was waited for.
const WAY_OUT = /^\tf{4}[0-9a-f]{12} (?:__schedule|(?:preempt_|io_)?schedule\w*)(?:\+0x[0-9a-f]+)? \(/;
const LOST = /\bPERF_RECORD_LOST\w*(?: lost (\d+))?/;

interface Leaving {
  tid: number;
  atNs: number;
  state: string;
}

/**
 * Reads `perf script --ns --show-switch-events --show-lost-events -F comm,tid,time,event,trace,ip,sym,symoff,dso` of a recording of
 * `sched:sched_switch` with `--switch-events`, as it comes, into where threads waited.
 *
 * Both records are needed. The tracepoint carries the stack and the state that a thread leaves its CPU with; but it
 * happens in the thread that leaves, so that where only some processes are recorded nothing tells when theirs come
 * back. PERF_RECORD_SWITCH does, for every thread that is recorded, without the cost of recording the whole machine.
 */
export class SchedSwitchParser {
  readonly #builder = new ProfileBuilder();
  readonly #table: PerfFrameTable;
  readonly #pairing = new SwitchPairing<number[]>();
  readonly #tally = { blockedNs: 0, readyNs: 0, unfinishedNs: 0 };
  #header: PerfHeader = NO_HEADER;
  /** perf prints a record where it lost events, and nothing where it lost none. */
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

  /** Take any part of the text, cut anywhere. @throws FormatError at the first line that perf can't have written */
  feed(chunk: string): void {
    const lines = (this.#remainder + chunk).split('\n');
    this.#remainder = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  /** @throws FormatError where no thread was seen to wait */
  end(): Profile {
    if (this.#remainder) this.#line(this.#remainder);
    this.#remainder = '';
    this.#finishLeaving();
    for (const wait of this.#pairing.rest(this.#lastNs)) {
      this.#tally.unfinishedNs += wait.waitedNs;
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
          // The header's own is 0 where perf recorded without build ids.
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
