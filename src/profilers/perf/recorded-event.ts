/** The event that was really sampled, as `perf evlist -v` reads it back from the data. */
export interface RecordedEvent {
  /** `cpu-clock`, or `cpu-clock:u` where the kernel may not be sampled. */
  name: string;
  rateHz: number | null;
  /** Whether the kernel counted the samples that found no room (Linux 6.0). */
  countsLost: boolean;
}

/** The first event that isn't perf's dummy, by which it only hears of new processes. Null where there is none. */
export function parseEvlist(text: string): RecordedEvent | null {
  for (const line of text.split('\n')) {
    // `cpu-clock:u: type: 1, size: 128, ...`: the name may hold colons, the fields begin with one and a space.
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

/** How many samples of an event were lost, from `perf report --stats`, which leaves the line out where there are none. */
export function parseLostSamples(stats: string, event: string): number {
  const start = stats.indexOf(`\n${event} stats:`);
  if (start < 0) return 0;
  const [section = ''] = stats.slice(start + event.length + ' stats:'.length + 1).split(/\n(?=\S)/);
  const lost = /LOST_SAMPLES events:\s+(\d+)/.exec(section)?.[1];
  return lost === undefined ? 0 : Number(lost);
}
