/** What perf prints before a sample's stack. Which of these it prints depends on its -F. */
export interface SampleLine {
  comm: string | null;
  pid: number | null;
  tid: number | null;
  /** On perf's clock, microseconds. */
  atUs: number | null;
  /** `cpu-clock`, `cpu-clock:u`, `sched:sched_switch`. */
  event: string | null;
  /** What the event counted since the last sample. */
  period: number | null;
  /** What follows: the only frame if no call graph was recorded, else what a tracepoint printed, or nothing. */
  rest: string;
}

// `comm pid/tid [cpu] flags time: period event: rest`, any of them.
const TIME = /(?:^|\s)(?:\[\s{0,12})?(\d{1,12})\.(\d+)\]?:(?=\s|$)/;
const PERIOD_AND_EVENT = /^\s*(?:(\d{1,20})\s+)?([^\s\d:]\S*):(?=\s|$)/;
const EVENT = /(?:^|\s)([^\s\d:]\S*):(?=\s|$)/;
// The command may contain spaces, brackets and numbers: it is whatever comes before the first numbers that fit.
const THREAD =
  /^(?:\s*(\S.*?)(?=\s))??(\s{0,40}-?\d{1,20})(?:\/(-?\d{1,20}))?(?:\s+\[\d+\])?(?:\s+[a-zA-Z.][\w.]*)?(?:\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)?(?:\s+(\d{1,20}))?\s*$/;

/** perf prints an address with sixteen characters. */
const ONLY_FRAME = /^(.*?)\s?((?= *[0-9a-f]+ )[ 0-9a-f]{15}[0-9a-f] \S.*)$/;

/** perf prints a period with at least ten characters, and a thread's ID, which has at most seven digits, with eight. */
const MIN_PERIOD_WIDTH = 10;

/**
 * Null unless the line has a time or an event. A time proves that it begins a sample; without one it may be any text
 * with a colon.
 */
export function parseSampleLine(line: string): SampleLine | null {
  const time = TIME.exec(line);
  if (time) {
    const [whole, seconds = '', fraction = ''] = time;
    const atUs = Number(seconds) * 1e6 + Number(`0.${fraction}`) * 1e6;
    const { comm, pid, tid } = threadOf(line.slice(0, time.index));
    return { comm, pid, tid, atUs, ...eventOf(line.slice(time.index + whole.length)) };
  }
  const event = EVENT.exec(line);
  if (event?.[1] === undefined) return null;
  const rest = line.slice(event.index + event[0].length).trim();
  return { ...threadOf(line.slice(0, event.index)), atUs: null, event: event[1], rest };
}

/**
 * A line with nothing but a command or thread, and where no call graph was recorded the only frame, right-aligned. It
 * begins a sample only if a stack follows, or a frame is on it.
 */
export function parseBareSampleLine(line: string): SampleLine | null {
  const [, before, rest = ''] = ONLY_FRAME.exec(line) ?? [];
  const { comm, pid, tid } = threadOf(before ?? line);
  if (comm === null && tid === null && rest === '') return null;
  return { comm, pid, tid, atUs: null, event: null, period: null, rest };
}

function threadOf(text: string): Pick<SampleLine, 'comm' | 'pid' | 'tid' | 'period'> {
  const [, comm, first, second, period] = THREAD.exec(text) ?? [];
  if (first === undefined) {
    const name = text.replace(/\s+\[\d+\]\s*$/, '').trim();
    return { comm: name || null, pid: null, tid: null, period: null };
  }
  if (second === undefined && period === undefined && first.length >= MIN_PERIOD_WIDTH) {
    return { comm: comm ?? null, pid: null, tid: null, period: Number(first) };
  }
  return {
    comm: comm ?? null,
    pid: second === undefined ? null : idOf(first),
    tid: idOf(second ?? first),
    period: period === undefined ? null : Number(period),
  };
}

/** Null if it is more than an ID can be. */
function idOf(text: string): number | null {
  const id = Number(text);
  return Math.abs(id) < 2 ** 31 ? id : null;
}

function eventOf(text: string): Pick<SampleLine, 'event' | 'period' | 'rest'> {
  const [whole = '', period, event] = PERIOD_AND_EVENT.exec(text) ?? [];
  if (event !== undefined) {
    return { event, period: period === undefined ? null : Number(period), rest: text.slice(whole.length).trim() };
  }
  // Without anything after it, a number is the period, not an address.
  const only = /^\s*(\d{1,20})\s*$/.exec(text)?.[1];
  return { event: null, period: only === undefined ? null : Number(only), rest: only === undefined ? text.trim() : '' };
}

/** One line of a call chain, as printed. */
export interface FrameLine {
  /** Hexadecimal: an offset in a mapped file, or an address in the kernel or in memory. */
  address: string;
  /** Without the offset; `[unknown]` if perf has none. */
  symbol: string;
  /** Without parentheses, offset and `(deleted)`; empty if perf printed none. */
  module: string;
  /** The compiler inlined this function into the next one that isn't inlined. */
  inlined: boolean;
  /** The file has been removed or replaced since it was mapped. */
  deleted: boolean;
}

const DELETED = ' (deleted)';

/** `addr symbol+0x1f (module)`. Null if the line isn't a frame. */
export function parseFrameLine(line: string): FrameLine | null {
  const [, address, text] = /^\s*([0-9a-f]{1,16})(?: (.*))?$/s.exec(line) ?? [];
  if (address === undefined) return null;
  const { symbol, module } = splitModule(text?.trimEnd() ?? '');
  const deleted = module.endsWith(DELETED);
  return {
    address,
    symbol: symbol.trim() || '[unknown]',
    module: deleted ? module.slice(0, -DELETED.length) : module,
    inlined: module === 'inlined',
    deleted,
  };
}

/** C++ symbols contain spaces and parentheses, and paths may too: the offset between them tells them apart. */
function splitModule(line: string): { symbol: string; module: string } {
  if (!line.endsWith(')')) return { symbol: withoutOffset(line), module: '' };
  const offset = line.lastIndexOf('+0x');
  const afterOffset = offset < 0 ? -1 : line.indexOf(' (', offset);
  if (afterOffset >= 0 && /^[0-9a-f]+$/.test(line.slice(offset + 3, afterOffset))) {
    return { symbol: line.slice(0, offset), module: line.slice(afterOffset + 2, -1) };
  }
  // -F dsoff adds the offset in the file to its name.
  const text = line.replace(/\+0x[0-9a-f]+\)$/, ')');
  if (text !== line) return splitModule(text);
  // Without symbols.
  if (/^\((?:\/|\[)/.test(text)) return { symbol: '', module: text.slice(1, -1) };
  const open = text.startsWith('[unknown] (')
    ? '[unknown]'.length
    : text.lastIndexOf(' (', text.endsWith(`${DELETED})`) ? text.length - DELETED.length - 2 : text.length);
  if (open < 0) return { symbol: text, module: '' };
  return { symbol: text.slice(0, open), module: text.slice(open + 2, -1) };
}

function withoutOffset(text: string): string {
  return text.replace(/\+0x[0-9a-f]+$/, '');
}

/** `  spin.c:12`, `  libc.so.6[27b25]`: where the frame above is in its source, by -F srcline. Without a call graph more follows. */
const SOURCE_LINE =
  /^ {2}\S.*(?::(?:\d+|\?)|\[[0-9a-f]+\])(?: \(discriminator \d+\))?(?: \(inlined\))?(?: +(?:ilen:|insn:|ABI:\d).*)?$/;
/** What perf prints below a stack if it is told to: instructions, registers, branches, source code, what BPF wrote. */
const SAMPLE_DATA =
  /^\s*(?:ilen: |insn:|ABI:\d|IPC: |BPF (?:output|string):|\d{4}: [0-9a-f]{2} |\|\d+ |0x[0-9a-f]+\/0x|\S+\/[MP-][^/]*\/[X-]\/[A-Z-])|^\t(?:[0-9a-f]{16}\t|\S+:\t)/;

/** Whether a line says where the frame above it is in its source. The mark of an inlined function is there too. */
export function isSourceLine(line: string): boolean {
  return SOURCE_LINE.test(line);
}

/** Whether a line is what perf prints below a stack. */
export function isSampleData(line: string): boolean {
  return SAMPLE_DATA.test(line);
}

/** Records other than samples, and what -D prints of each record: `0x1f0 [0x78]: event: 9`, `.  0000:  45 00`, ` ... thread: a:1`. */
export function isOtherRecord(line: string): boolean {
  return /(?:^|\s)PERF_RECORD_[A-Z]/.test(line) || /^(?:\s*\.+(?:\s|$)|0x[0-9a-f]+\S* \[0x[0-9a-f]+\]: )/.test(line);
}
