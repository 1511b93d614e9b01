/** How an event was recorded, by perf's header. */
interface RecordedEvent {
  name: string;
  /** As requested; null if samples were taken at a fixed period. */
  rateHz: number | null;
  /** Whether the rate is only the command's, which may have had others for some events. */
  ofCommand: boolean;
  /** The kernel was excluded: `cpu-clock:u`. */
  userOnly: boolean;
}

/** What `perf script --header` prints before the first sample. */
export interface PerfHeader {
  /** `perf 6.1.187`. */
  tool: string | null;
  /** The `perf record` that made the data. */
  command: string | null;
  /** From the first sample to the last, seconds. */
  durationS: number | null;
  /** In perf's order. */
  events: readonly RecordedEvent[];
}

export const NO_HEADER: PerfHeader = { tool: null, command: null, durationS: null, events: [] };

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
    case 'event':
      return { ...header, events: [...header.events, readEvent(value, header.command)] };
    default:
      return header;
  }
}

/** `name = cpu-clock:u, , id = { 5 }, type = 1, { sample_period, sample_freq } = 99, freq = 1, exclude_kernel = 1`. */
function readEvent(value: string, command: string | null): RecordedEvent {
  const isRate = /\bfreq = 1\b/.test(value);
  const rate = /sample_freq \} = (\d+)/.exec(value)?.[1];
  return {
    name: /^name = ([^,\s]+)/.exec(value)?.[1] ?? '',
    rateHz: rate === undefined ? rateOf(command) : isRate ? Number(rate) : null,
    ofCommand: rate === undefined,
    // Before Linux 3.15 by another name, and without the rate.
    userOnly: /\b(?:exclude_kernel|excl_kern) = 1\b/.test(value),
  };
}

/** `perf record -F 99 -g`. */
function rateOf(command: string | null): number | null {
  const rate = /\s(?:-F\s*|--freq[= ])(\d+)(?=\s|$)/.exec(command ?? '')?.[1];
  return rate === undefined ? null : Number(rate);
}

/** How an event of a sample line was recorded: under its own name, or as the only one. */
export function recordedEvent({ events }: PerfHeader, name: string | null): RecordedEvent | null {
  // perf's own dummy event only tracks new processes.
  const sampled = events.filter((event) => !event.name.startsWith('dummy'));
  const named = sampled.find((event) => event.name === name);
  return named ?? (sampled.length === 1 ? (sampled[0] ?? null) : null);
}
