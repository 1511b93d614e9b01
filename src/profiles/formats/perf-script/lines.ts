/** The first line of a sample. */
interface SampleLine {
  comm: string;
  /** Null if perf printed only the thread. */
  pid: number | null;
  tid: number;
  /** `cpu-clock`, `cpu-clock:u`, `sched:sched_switch`. */
  event: string;
  /** What the event counted since the last sample; null if perf was told not to print it. */
  period: number | null;
  /** What follows the event: the only frame if no call graph was recorded, else empty. */
  rest: string;
}

// `comm pid/tid [cpu] flags time: period event: rest`. The command may contain spaces and brackets, so it is whatever
// comes before the numbers. CPU, flags, time and period depend on perf's -F.
const SAMPLE =
  /^\s*(\S.*?)\s+(-?\d+)(?:\/(-?\d+))?(?:\s+\[\d+\])?(?:(?:\s+[a-zA-Z.][\w.]{3,})?\s+\d+\.\d+:)?(?:\s+(\d+))?\s+([^\s\d:]\S*):(?:\s(.*)|)$/s;

/** Null if the line doesn't start a sample. */
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
  /** Hexadecimal: an offset in a mapped file, or an address in the kernel or in memory. */
  address: string;
  /** Without the offset; `[unknown]` if perf has none. */
  symbol: string;
  /** Without parentheses and `(deleted)`; empty if perf printed none. */
  module: string;
  /** The compiler inlined this function into the next one that isn't inlined. */
  inlined: boolean;
  /** The file has been removed or replaced since it was mapped. */
  deleted: boolean;
}

const DELETED = ' (deleted)';

/** `addr symbol+0x1f (module)`. Null if the line isn't a frame. */
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

/** C++ symbols contain spaces and parentheses, and paths may too: the offset between them tells them apart. */
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

/** What `perf script --header` prints before the first sample. */
export interface PerfHeader {
  /** `perf 6.1.187`. */
  tool: string | null;
  /** The `perf record` that made the data. */
  command: string | null;
  /** As requested; null if samples were taken at a fixed period. */
  rateHz: number | null;
  /** From the first sample to the last, seconds. */
  durationS: number | null;
  /** The kernel was excluded: `cpu-clock:u`. */
  userOnly: boolean;
}

export const NO_HEADER: PerfHeader = { tool: null, command: null, rateHz: null, durationS: null, userOnly: false };

/** Reads a line that starts with `#`. Lines without relevant information are ignored. */
export function readHeaderLine(header: PerfHeader, line: string): PerfHeader {
  const colon = line.indexOf(':');
  const key = line.slice(1, colon).trim();
  const value = line.slice(colon + 1).trim();
  switch (key) {
    case 'perf version':
      return { ...header, tool: `perf ${value}` };
    case 'cmdline':
      // Without perf's absolute path.
      return { ...header, command: value.replace(/^\S*\/(perf\S*)/, '$1') };
    case 'sample duration': {
      const ms = Number.parseFloat(value);
      return Number.isFinite(ms) ? { ...header, durationS: ms / 1000 } : header;
    }
    case 'event': {
      const isRate = /\bfreq = 1\b/.test(value);
      const rate = /sample_freq \} = (\d+)/.exec(value)?.[1];
      return {
        ...header,
        rateHz: header.rateHz ?? (isRate && rate !== undefined ? Number(rate) : null),
        userOnly: header.userOnly || /\bexclude_kernel = 1\b/.test(value),
      };
    }
    default:
      return header;
  }
}
