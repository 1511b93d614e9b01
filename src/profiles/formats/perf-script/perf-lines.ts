/** The line that a sample begins with. */
export interface SampleLine {
  comm: string;
  /** Null where perf printed only the thread. */
  pid: number | null;
  tid: number;
  /** `cpu-clock`, `cpu-clock:u`, `sched:sched_switch`. */
  event: string;
  /** What the event counted since the last sample; null where perf was told not to print it. */
  period: number | null;
  /** What follows the event: the only frame where no call graph was recorded, else empty. */
  rest: string;
}

// `comm pid/tid [cpu] flags time: period event: rest`. The command may hold spaces and brackets, so it takes what is
// left before the numbers. Processor, flags, time and period depend on perf's -F.
const SAMPLE =
  /^\s*(\S.*?)\s+(-?\d+)(?:\/(-?\d+))?(?:\s+\[\d+\])?(?:(?:\s+[a-zA-Z.][\w.]{3,})?\s+\d+\.\d+:)?(?:\s+(\d+))?\s+([^\s\d:]\S*):(?:\s(.*)|)$/s;

/** Null where the line isn't the beginning of a sample. */
export function parseSampleLine(line: string): SampleLine | null {
  const [, comm, first, second, period, event, rest = ''] = SAMPLE.exec(line) ?? [];
  if (comm === undefined || first === undefined || event === undefined) return null;
  return {
    comm,
    pid: second === undefined ? null : Number(first),
    tid: Number(second ?? first),
    event,
    period: period === undefined ? null : Number(period),
    rest: rest.trim(),
  };
}

/** One line of a call chain, as printed. */
export interface FrameLine {
  /** As printed, hexadecimal: an offset in the file for a mapped file, an address for the kernel and for memory. */
  address: string;
  /** Without the offset; `[unknown]` where perf knows none. */
  symbol: string;
  /** Without parentheses and `(deleted)`; empty where perf printed none. */
  module: string;
  /** The compiler folded this function into the next one that isn't inlined. */
  inlined: boolean;
  /** The file has been removed or replaced since it was mapped. */
  deleted: boolean;
}

const DELETED = ' (deleted)';

/** `addr symbol+0x1f (module)`. Null where the line isn't a frame. */
export function parseFrameLine(line: string): FrameLine | null {
  const [, address, text] = /^\s*([0-9a-f]+)(?: (.*))?$/s.exec(line) ?? [];
  if (address === undefined) return null;
  const { symbol, module } = splitModule(text ?? '');
  const deleted = module.endsWith(DELETED);
  return {
    address,
    symbol: symbol || '[unknown]',
    module: deleted ? module.slice(0, -DELETED.length) : module,
    inlined: module === 'inlined',
    deleted,
  };
}

/** C++ symbols hold spaces and parentheses, and paths may: the offset between them is what tells them apart. */
function splitModule(text: string): { symbol: string; module: string } {
  if (!text.endsWith(')')) return { symbol: withoutOffset(text.trim()), module: '' };
  const offset = text.lastIndexOf('+0x');
  const afterOffset = offset < 0 ? -1 : text.indexOf(' (', offset);
  if (afterOffset >= 0 && /^[0-9a-f]+$/.test(text.slice(offset + 3, afterOffset))) {
    return { symbol: text.slice(0, offset), module: text.slice(afterOffset + 2, -1) };
  }
  const open = text.startsWith('[unknown] (')
    ? '[unknown]'.length
    : text.lastIndexOf(' (', text.endsWith(`${DELETED})`) ? text.length - DELETED.length - 2 : text.length);
  if (open < 0) return { symbol: text, module: '' };
  return { symbol: text.slice(0, open), module: text.slice(open + 2, -1) };
}

function withoutOffset(symbol: string): string {
  return symbol.replace(/\+0x[0-9a-f]+$/, '');
}
