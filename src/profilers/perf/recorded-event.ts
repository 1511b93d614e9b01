/** The event that was really sampled, by `perf evlist -v`. */
interface RecordedEvent {
  /** `cpu-clock`, or `cpu-clock:u` if sampling the kernel isn't allowed. */
  name: string;
  rateHz: number | null;
  /** Whether the kernel counted lost samples (since Linux 6.0). */
  countsLost: boolean;
}

/** The first event except perf's dummy, which only tracks new processes. Null if there is none. */
export function parseEvlist(text: string): RecordedEvent | null {
  for (const line of text.split('\n')) {
    // `cpu-clock:u: type: 1, size: 128, ...`: the name may contain colons, a colon and a space end it.
    const [, name, fields] = /^(\S+): (.*)$/.exec(line) ?? [];
    if (name === undefined || fields === undefined || name.startsWith('dummy')) continue;
    const rate = /sample_freq \}: (\d+)/.exec(fields)?.[1];
    const isRate = /\bfreq: 1\b/.test(fields);
    return {
      name,
      rateHz: isRate && rate !== undefined ? Number(rate) : null,
      countsLost: /read_format: [A-Z|_]*\bLOST\b/.test(fields),
    };
  }
  return null;
}

/** Lost samples of an event, from `perf report --stats`, which omits the line if there are none. */
export function parseLostSamples(stats: string, event: string): number {
  return eventCount(stats, event, 'LOST_SAMPLES') ?? 0;
}

/** Samples of an event, from `perf report --stats`; null where it doesn't say. */
export function parseSamples(stats: string, event: string): number | null {
  return eventCount(stats, event, 'SAMPLE');
}

function eventCount(stats: string, event: string, kind: string): number | null {
  const start = stats.indexOf(`\n${event} stats:`);
  if (start < 0) return null;
  const [section = ''] = stats.slice(start + event.length + ' stats:'.length + 1).split(/\n(?=\S)/);
  const count = new RegExp(`\\b${kind} events:\\s+(\\d+)`).exec(section)?.[1];
  return count === undefined ? null : Number(count);
}
