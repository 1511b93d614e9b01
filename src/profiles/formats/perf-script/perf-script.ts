import type { Profile } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { blankMeta, ProfileBuilder } from '../../profile-builder.js';
import type { SymbolResolver } from '../../symbols/binary-symbols.js';
import type { JavaScriptTier } from '../../symbols/v8-symbol.js';
import { type ProfileFormat, single } from '../format.js';
import { DEFAULT_MAX_STACK, kernelFramesOf, perfCaveats } from './caveats.js';
import { finalizeFrames, type KnownFrame, PerfFrameTable, rootFirst } from './frames.js';
import { NO_HEADER, type PerfHeader, parseFrameLine, parseSampleLine, readHeaderLine } from './lines.js';

interface PerfScriptOptions {
  title?: string;
  /** Resolves frames that perf could not name. */
  resolve?: SymbolResolver | null;
}

/** Events in nanoseconds of CPU time: their period is the time since the last sample. */
const CLOCK = /^(?:cpu|task)-clock(?::|$)/;

/**
 * Parses the output of `perf script` as a stream. Memory holds only unique frames and stacks, however long the text is.
 * Only samples of the first event count. Weights are nanoseconds for cpu-clock and task-clock, else samples.
 *
 * @example
 * const parser = new PerfScriptParser();
 * for await (const chunk of stream) parser.feed(chunk);
 * const profile = parser.end();
 */
export class PerfScriptParser {
  readonly #title: string;
  readonly #builder = new ProfileBuilder();
  readonly #table: PerfFrameTable;
  readonly #tierWeights = new Map<JavaScriptTier, number>();
  readonly #otherEvents = new Map<string, number>();
  #header: PerfHeader = NO_HEADER;
  #remainder = '';
  #lineNumber = 0;
  #event: string | null = null;
  #inNanoseconds = false;
  #samples = 0;
  #deepSamples = 0;
  #lostEvents: number | null = null;
  /** Of the sample being read; null between samples and in samples that don't count. */
  #weight: number | null = null;
  #insideSample = false;
  /** Leaf first, as perf prints them. */
  #chain: KnownFrame[] = [];

  constructor({ title = 'perf', resolve = null }: PerfScriptOptions = {}) {
    this.#title = title;
    this.#table = new PerfFrameTable(this.#builder, resolve);
  }

  /** Takes text in chunks, cut anywhere. @throws FormatError at the first line that isn't perf's */
  feed(chunk: string): void {
    const text = this.#remainder + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, end));
      start = end + 1;
    }
    this.#remainder = text.slice(start);
  }

  /** @returns the profile, with the metadata of the header. @throws FormatError if there was no sample */
  end(): Profile {
    if (this.#remainder) this.#line(this.#remainder);
    this.#remainder = '';
    this.#finishSample();
    if (this.#samples === 0 || this.#event === null) {
      throw new FormatError('no samples', { expected: 'the output of perf script' });
    }
    const { tool, command, rateHz, durationS } = this.#header;
    const userOnly = this.#header.userOnly || /:[a-z]*u[a-z]*$/.test(this.#event);
    const built = this.#builder.build(
      blankMeta({
        title: this.#title,
        unit: this.#inNanoseconds ? 'nanoseconds' : 'samples',
        profiler: 'perf',
        tool,
        command,
        event: this.#event,
        rateHz,
        durationS,
        lost: this.#lostEvents,
      }),
    );
    const profile = finalizeFrames({
      ...built,
      meta: { ...built.meta, kernel: kernelFramesOf(built.frames, userOnly) },
    });
    const caveats = perfCaveats(profile, {
      samples: this.#samples,
      tierWeights: this.#tierWeights,
      deepSamples: this.#deepSamples,
      otherEvents: this.#otherEvents,
    });
    return { ...profile, meta: { ...profile.meta, caveats } };
  }

  #line(line: string): void {
    this.#lineNumber += 1;
    const first = line.charCodeAt(0);
    if (first === 9 /* tab */) this.#frameLine(line);
    else if (line === '' || line === '\r') this.#finishSample();
    else if (first === 35 /* # */) this.#header = readHeaderLine(this.#header, line);
    else this.#otherLine(line);
  }

  #otherLine(line: string): void {
    const lost = /\bPERF_RECORD_(\w+)(?: lost (\d+))?/.exec(line);
    if (lost) {
      this.#finishSample();
      if (lost[1]?.startsWith('LOST')) this.#lostEvents = (this.#lostEvents ?? 0) + Number(lost[2] ?? 0);
      return;
    }
    const sample = parseSampleLine(line);
    if (!sample) {
      // Some versions indent with spaces, and -F srcline prints file:line below the frame.
      if (this.#insideSample && /^\s+[0-9a-f]+ /.test(line)) this.#frameLine(line);
      else if (!this.#insideSample || !/^\s+\S.*:\d+\s*$/.test(line)) {
        throw this.#error(`not a line of perf script: ${JSON.stringify(line.slice(0, 80))}`);
      }
      return;
    }
    this.#finishSample();
    this.#insideSample = true;
    this.#beginSample(sample.event, sample.period);
    if (this.#weight !== null && sample.rest) {
      const frame = this.#table.frame(sample.rest);
      if (frame) this.#chain.push(frame);
    }
  }

  #beginSample(event: string, period: number | null): void {
    if (this.#event === null) {
      this.#event = event;
      this.#inNanoseconds = CLOCK.test(event) && (period !== null || this.#header.rateHz !== null);
    }
    if (event !== this.#event) {
      this.#otherEvents.set(event, (this.#otherEvents.get(event) ?? 0) + 1);
      this.#weight = null;
      return;
    }
    this.#weight = this.#inNanoseconds ? (period ?? 1e9 / (this.#header.rateHz ?? 1)) : 1;
  }

  #frameLine(line: string): void {
    if (!this.#insideSample) throw this.#error('a frame before the first sample');
    if (this.#weight === null) return;
    const frame = this.#table.frame(line);
    if (!frame) throw this.#error(`not a frame: ${JSON.stringify(line.slice(0, 80))}`);
    this.#chain.push(frame);
  }

  #finishSample(): void {
    if (this.#weight !== null) this.#count(this.#weight);
    this.#weight = null;
    this.#insideSample = false;
    this.#chain = [];
  }

  #count(weight: number): void {
    this.#samples += 1;
    const code = this.#chain.filter(({ chainEnd }) => !chainEnd);
    const leaf = code[0];
    if (leaf?.tier) this.#tierWeights.set(leaf.tier, (this.#tierWeights.get(leaf.tier) ?? 0) + weight);
    if (
      code.length >= DEFAULT_MAX_STACK &&
      code.filter(({ inlined }) => inlined === null).length >= DEFAULT_MAX_STACK
    ) {
      this.#deepSamples += 1;
    }
    const stack = code.length > 0 ? rootFirst(code, this.#table) : [this.#builder.frame(NOTHING)];
    this.#builder.add(stack, 1, weight);
  }

  #error(what: string): FormatError {
    return new FormatError(what, { line: this.#lineNumber, expected: 'the output of perf script' });
  }
}

/** The frame of samples without any frame. */
const NOTHING = { name: '[unknown]', file: null, line: null, module: null, kind: 'unknown' } as const;

export const perfScriptFormat: ProfileFormat = {
  name: 'perf-script',
  title: 'perf script',
  kind: 'streamed',
  detect(start) {
    if (start.kind !== 'text') return false;
    const { lines } = start;
    // With --header, samples may start later than the part that is seen.
    if (/^# ={4,}$/.test(lines[0] ?? '') && lines.some((line) => /^# (captured on|perf version)/.test(line)))
      return true;
    // The first line of a sample looks like many a log line: require its call chain or its time.
    const first = lines.findIndex((line) => !line.startsWith('#'));
    const line = lines[first] ?? '';
    if (!parseSampleLine(line)) return false;
    return parseFrameLine(lines[first + 1] ?? '') !== null || /\s\d+\.\d{6,}:/.test(line);
  },
  parser: (title) => {
    const parser = new PerfScriptParser({ title });
    return { feed: (chunk) => parser.feed(chunk), end: () => single(parser.end()) };
  },
};
