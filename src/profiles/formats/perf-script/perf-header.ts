/** What `perf script --header` says before the first sample. */
export interface PerfHeader {
  /** `perf 6.1.187`. */
  tool: string | null;
  /** The `perf record` that made the data. */
  command: string | null;
  /** As asked of the kernel; null where a fixed period was sampled. */
  rateHz: number | null;
  /** From the first sample to the last, seconds. */
  durationS: number | null;
  /** The kernel's part was left out: `cpu-clock:u`. */
  userOnly: boolean;
}

export const NO_HEADER: PerfHeader = { tool: null, command: null, rateHz: null, durationS: null, userOnly: false };

/** Read one line that begins with `#`. Those that say nothing to us are passed over. */
export function readHeaderLine(header: PerfHeader, line: string): PerfHeader {
  const colon = line.indexOf(':');
  const key = line.slice(1, colon).trim();
  const value = line.slice(colon + 1).trim();
  switch (key) {
    case 'perf version':
      return { ...header, tool: `perf ${value}` };
    case 'cmdline':
      // perf writes its own absolute path, which says nothing.
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
