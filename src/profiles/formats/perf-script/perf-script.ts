import { formatDecimal } from '../../../lib/format.js';
import { FormatError } from '../../format-error.js';
import { formatSamples } from '../../format-figures.js';
import type { SymbolResolver } from '../../symbols/binary-symbols.js';
import type { ProfileFormat, ProfileSet } from '../format.js';
import { looksLikePerfScript } from './detect.js';
import { EventSamples } from './event-samples.js';
import { type KnownFrame, owned } from './frames.js';
import { NO_HEADER, type PerfHeader, readHeaderLine } from './header.js';
import {
  isOtherRecord,
  isSampleData,
  isSourceLine,
  parseBareSampleLine,
  parseFrameLine,
  parseSampleLine,
  type SampleLine,
} from './lines.js';

interface PerfScriptOptions {
  title?: string;
  /** Resolves frames that perf could not name. */
  resolve?: SymbolResolver | null;
}

const EXPECTED = 'the output of perf script';

/** Longer lines have what counts at their start: a tracepoint may print anything. */
const MAX_SAMPLE_LINE = 4096;

/** Not all frames are indented, and not with tabs. */
const FRAME_START = /^(?:\s+[0-9a-f]{1,16}(?: |$)|[0-9a-f]{2,16} \S)/;

/** The sample being read. */
interface OpenSample {
  line: SampleLine;
  /** As printed. */
  text: string;
  lineNumber: number;
  /** False for a line that may also be something else: it is a sample only if a stack follows. */
  certain: boolean;
  /** Null until its first frame. */
  event: EventSamples | null;
  /** Leaf first, as perf prints them. */
  chain: KnownFrame[];
  /** The text of the last of them. */
  lastFrame: string;
  /** Another sample may follow without a blank line between. */
  mayEnd: boolean;
}

/**
 * Parses the output of `perf script` as a stream, with whatever fields it was told to print. Memory holds only unique
 * frames and stacks of each thread, however long the text is. Every event becomes a profile, weighted by its samples'
 * periods: nanoseconds for cpu-clock and task-clock, else counts of the event, or samples where no period is printed.
 *
 * A line that isn't understood is left out and counted, and a caveat says so.
 *
 * @example
 * const parser = new PerfScriptParser();
 * for await (const chunk of stream) parser.feed(chunk);
 * const { profiles } = parser.end();
 */
export class PerfScriptParser {
  readonly #title: string;
  readonly #resolve: SymbolResolver | null;
  /** By name; '' for samples without one. */
  readonly #events = new Map<string, EventSamples>();
  #header: PerfHeader = NO_HEADER;
  #remainder = '';
  #lineNumber = 0;
  #textLines = 0;
  #oddLines = 0;
  #firstOdd: { number: number; text: string } | null = null;
  #lostEvents: number | null = null;
  #sample: OpenSample | null = null;
  /** Samples with a time or an event were seen: in such a file a line without is no sample. */
  #fullSamples = false;
  /** Samples without were. */
  #bareSamples = false;
  /** The file has lines that begin samples, and not only stacks. */
  #sampleLines = false;
  #insideRecord = false;
  #isCut = false;

  constructor({ title = 'perf', resolve = null }: PerfScriptOptions = {}) {
    this.#title = title;
    this.#resolve = resolve;
  }

  /** Takes text in chunks, cut anywhere. */
  feed(chunk: string): void {
    const text = this.#remainder + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, end));
      start = end + 1;
    }
    this.#remainder = text.slice(start);
  }

  /**
   * @returns a profile for each event, with the metadata of the header; the first that measures CPU time is chosen
   * @throws FormatError if there was no sample, or most lines aren't perf's
   */
  end(): ProfileSet {
    this.#endOfText();
    this.#finishSample();
    const events = [...this.#events.values()];
    const [first, ...others] = events;
    if (this.#firstOdd && (!first || this.#oddLines > this.#textLines / 2)) {
      const { number, text } = this.#firstOdd;
      const of = this.#oddLines > 1 ? `, the first of ${this.#oddLines} such lines` : '';
      const what = `not a line of perf script: ${JSON.stringify(text)}${of}`;
      throw new FormatError(what, { line: number, expected: EXPECTED });
    }
    if (!first) throw new FormatError('no samples', { expected: EXPECTED });
    const profile = (event: EventSamples) =>
      event.profile({
        title: this.#title,
        header: this.#header,
        lost: this.#lostEvents,
        caveats: [...otherEvents(events, event), ...this.#caveats()],
      });
    const chosen = events.findIndex(({ kind }) => kind === 'cpu');
    return { profiles: [profile(first), ...others.map(profile)], chosen: Math.max(0, chosen) };
  }

  /** A last line without an end is cut off, unless it is a whole frame: some editors leave out the last line's end. */
  #endOfText(): void {
    const rest = this.#remainder;
    this.#remainder = '';
    if (rest.trim() === '') return;
    const isFrame = /^\s/.test(rest) || (this.#sample !== null && FRAME_START.test(rest));
    const frame = parseFrameLine(isFrame ? rest : (parseSampleLine(rest)?.rest ?? ''));
    if (frame?.module || rest.startsWith('#') || isOtherRecord(rest)) {
      this.#line(rest);
      return;
    }
    this.#isCut = true;
    if (isFrame) this.#sample = null;
  }

  #line(raw: string): void {
    this.#lineNumber += 1;
    const start = this.#lineNumber === 1 && raw.startsWith('\uFEFF') ? 1 : 0;
    const isCrLf = raw.charCodeAt(raw.length - 1) === 13;
    const line = start > 0 || isCrLf ? raw.slice(start, isCrLf ? -1 : undefined) : raw;
    const first = line.charCodeAt(0);
    if (first === 35 /* # */) this.#header = readHeaderLine(this.#header, line);
    else if (!/\S/.test(line)) this.#blankLine();
    else this.#textLine(line, first);
  }

  #textLine(line: string, first: number): void {
    this.#textLines += 1;
    if (first === 9 /* tab */) this.#stackLine(line);
    else this.#otherLine(line.length > MAX_SAMPLE_LINE ? line.slice(0, MAX_SAMPLE_LINE) : line);
  }

  #blankLine(): void {
    this.#insideRecord = false;
    if (!this.#sample) return;
    // Its stack may still come: some tools put a blank line between.
    if (this.#sample.chain.length === 0 && this.#sample.line.rest === '') this.#sample.mayEnd = true;
    else this.#finishSample();
  }

  #stackLine(line: string): void {
    // The rest of a record that takes several lines.
    if (this.#insideRecord) return;
    if (!this.#sample && !this.#sampleLines && FRAME_START.test(line)) this.#open(NO_FIELDS, line, false);
    if (!this.#sample || !this.#addToSample(this.#sample, line)) this.#odd(this.#lineNumber, line);
  }

  #otherLine(line: string): void {
    if (isOtherRecord(line)) {
      this.#finishSample();
      this.#insideRecord = true;
      const lost = /\bPERF_RECORD_LOST\w* lost (\d+)/.exec(line)?.[1];
      if (lost !== undefined) this.#lostEvents = (this.#lostEvents ?? 0) + Number(lost);
      return;
    }
    this.#insideRecord = false;
    if (this.#isBelowFrame(line)) return;
    const sample = parseSampleLine(line);
    const isKnown = sample?.event === this.#sample?.line.event || this.#events.has(sample?.event ?? '');
    // A frame may contain a colon.
    if (sample && !(this.#sample && !isKnown && sample.tid === null && FRAME_START.test(line))) {
      this.#sampleLines = true;
      this.#open(sample, line, sample.atUs !== null || isKnown);
      return;
    }
    // A sample with its only frame on its line has no stack below.
    const isWhole = this.#sample?.line.event === null && this.#sample.line.rest !== '';
    if (this.#sample && !isWhole && this.#addToSample(this.#sample, line)) return;
    const mayBegin = !this.#fullSamples && (!this.#sample || this.#sample.mayEnd || isWhole);
    const bare = mayBegin ? parseBareSampleLine(line) : null;
    if (!bare || (bare.comm === null && bare.tid === null && this.#sampleLines)) this.#odd(this.#lineNumber, line);
    else {
      this.#sampleLines ||= bare.comm !== null || bare.tid !== null;
      this.#open(bare, line, bare.rest !== '');
    }
  }

  #open(line: SampleLine, text: string, certain: boolean): void {
    this.#finishSample();
    const lineNumber = this.#lineNumber;
    this.#sample = { line, text, lineNumber, certain, event: null, chain: [], lastFrame: '', mayEnd: false };
  }

  /** Whether the line is of the sample. */
  #addToSample(sample: OpenSample, line: string): boolean {
    sample.event ??= FRAME_START.test(line) ? this.#eventOf(sample.line) : null;
    const frame = sample.event?.table.frame(line);
    if (frame) {
      sample.chain.push(frame);
      sample.lastFrame = line;
      return true;
    }
    return this.#isBelowFrame(line);
  }

  /** Whether the line is what perf prints below a frame or a stack. */
  #isBelowFrame(line: string): boolean {
    const sample = this.#sample;
    if (isSourceLine(line)) {
      const isInlined = sample !== null && line.endsWith(' (inlined)');
      const inlined = isInlined ? sample.event?.table.frame(`${sample.lastFrame} (inlined)`) : null;
      if (inlined) sample?.chain.splice(-1, 1, inlined);
      return true;
    }
    if (!isSampleData(line)) return false;
    if (sample) sample.mayEnd = true;
    return true;
  }

  #finishSample(): void {
    const sample = this.#sample;
    this.#sample = null;
    if (!sample) return;
    const { line, chain, certain } = sample;
    const isBare = line.event === null && line.atUs === null;
    const only = chain.length === 0 ? frameText(line.rest) : null;
    if (chain.length === 0 && only === null && !certain && !(isBare && this.#bareSamples)) {
      this.#odd(sample.lineNumber, sample.text);
      return;
    }
    const event = sample.event ?? this.#eventOf(line);
    const frame = only === null ? null : event.table.frame(only);
    if (frame) chain.push(frame);
    this.#fullSamples ||= !isBare;
    this.#bareSamples ||= isBare && chain.length > 0;
    const { comm, pid, tid, atUs, period } = line;
    event.add(chain, { thread: comm === null && tid === null ? null : { comm, pid, tid }, atUs, period });
  }

  #eventOf({ event }: SampleLine): EventSamples {
    const key = event ?? '';
    const known = this.#events.get(key);
    if (known) return known;
    const name = event === null ? null : owned(event);
    const made = new EventSamples(name, this.#header, this.#resolve);
    this.#events.set(name ?? '', made);
    return made;
  }

  #odd(number: number, line: string): void {
    this.#oddLines += 1;
    this.#firstOdd ??= { number, text: owned(line.slice(0, 80)) };
  }

  /** What is true of the whole file. */
  #caveats(): string[] {
    const count = (figure: number) => formatDecimal(figure, 0);
    return [
      ...(this.#firstOdd
        ? [
            `${count(this.#oddLines)} of ${count(this.#textLines)} lines not understood; first: line ${count(this.#firstOdd.number)}, ${JSON.stringify(this.#firstOdd.text)}.`,
          ]
        : []),
      ...(this.#isCut ? ['The last line is cut off: its sample was left out.'] : []),
    ];
  }
}

/** Begins a stack that no line comes before, as with -F ip,sym. */
const NO_FIELDS: SampleLine = { comm: null, pid: null, tid: null, atUs: null, event: null, period: null, rest: '' };

/** The only frame, from what follows the event. A tracepoint may print a word or number there that looks like an address. */
function frameText(rest: string): string | null {
  const text = rest.replace(/\) +(?:ilen:|insn:|ABI:|0x|=>).*$/, ')');
  const frame = parseFrameLine(text);
  return frame !== null && (frame.module !== '' || frame.address.length > 3) ? text : null;
}

function otherEvents(events: readonly EventSamples[], own: EventSamples): string[] {
  const others = events.filter((event) => event !== own);
  if (others.length === 0) return [];
  const list = others.map(({ name, samples }) => `${name ?? 'no name'} (${formatSamples(samples)})`).join(', ');
  return [`The file has other events, which are profiles of their own: ${list}.`];
}

export const perfScriptFormat: ProfileFormat = {
  name: 'perf-script',
  title: 'perf script',
  kind: 'streamed',
  detect: (start) => start.kind === 'text' && looksLikePerfScript(start.lines),
  parser: (title) => new PerfScriptParser({ title }),
};
