import { describe, expect, it } from 'vitest';
import { perfComplaint } from '../../../src/profilers/perf/perf-program.js';
import { parseEvlist, parseLostSamples, parseSamples } from '../../../src/profilers/perf/recorded-event.js';

/** perf 6.1: `perf record -e cpu-clock -F 499 -D -1 --control ...`, by root. */
const EVLIST = `cpu-clock: type: 1, size: 128, { sample_period, sample_freq }: 499, sample_type: IP|TID|TIME|CALLCHAIN|ID|PERIOD, read_format: ID|LOST, disabled: 1, inherit: 1, freq: 1, sample_id_all: 1, exclude_guest: 1
dummy:HG: type: 1, size: 128, config: 0x9, { sample_period, sample_freq }: 499, sample_type: IP|TID|TIME|CALLCHAIN|ID|PERIOD, read_format: ID|LOST, disabled: 1, inherit: 1, mmap: 1
`;
/** The same by an ordinary user, perf_event_paranoid 2. */
const USER = `dummy:HG: type: 1, size: 128, config: 0x9, read_format: ID|LOST
cpu-clock:u: type: 1, size: 128, { sample_period, sample_freq }: 99, sample_type: IP|TID, read_format: ID, disabled: 1, inherit: 1, exclude_kernel: 1, freq: 1
`;
/** `perf report --stats` of `perf record -m 1 -F 20000`, which lost most. */
const STATS = `
Aggregated stats:
           TOTAL events:       5850
            LOST events:        990  (16.9%)
          SAMPLE events:        944  (16.1%)
    LOST_SAMPLES events:          4  ( 0.1%)
cpu-clock stats:
          SAMPLE events:        944
    LOST_SAMPLES events:      39749
dummy:HG stats:
    LOST_SAMPLES events:       4208
`;

describe('what perf says of its own data', () => {
  it('is the event that was really sampled', () => {
    expect(parseEvlist(EVLIST)).toEqual({ name: 'cpu-clock', rateHz: 499, countsLost: true });
    expect(parseEvlist(USER)).toEqual({ name: 'cpu-clock:u', rateHz: 99, countsLost: false });
    expect(parseEvlist('cycles: size: 128, { sample_period, sample_freq }: 4000\n')).toMatchObject({ rateHz: null });
    expect(parseEvlist('incompatible file format')).toBeNull();
  });

  it('is how many samples of that event were lost', () => {
    expect(parseLostSamples(STATS, 'cpu-clock')).toBe(39_749);
    expect(parseLostSamples(STATS, 'dummy:HG')).toBe(4208);
    expect(parseLostSamples(STATS.replace(/.*39749\n/, ''), 'cpu-clock')).toBe(0);
    expect(parseLostSamples('', 'cpu-clock')).toBe(0);
  });

  it('is how many samples of that event there are', () => {
    expect(parseSamples(STATS, 'cpu-clock')).toBe(944);
    expect(parseSamples(STATS, 'dummy:HG')).toBeNull();
    expect(parseSamples('', 'cpu-clock')).toBeNull();
  });

  it('is its complaint, without rulers and advice', () => {
    expect(perfComplaint('Events disabled\nError:\n\nAccess to performance monitoring is limited.\n')).toBe(
      'Access to performance monitoring is limited.',
    );
    expect(perfComplaint('\n')).toBe('perf gave no reason');
  });
});
