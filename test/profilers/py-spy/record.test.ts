import { describe, expect, it } from 'vitest';
import { topmost } from '../../../src/profilers/py-spy/py-spy.js';
import { readRecordLog } from '../../../src/profilers/py-spy/record.js';

describe('readRecordLog', () => {
  const began = 'py-spy> Sampling process 99 times a second for 6 seconds. Press Control-C to exit.\n\n';

  it('tells when it began, and at the end what it lost', () => {
    expect(readRecordLog('')).toEqual({ samples: false, errors: null, caveats: [] });
    expect(readRecordLog(began)).toEqual({ samples: true, errors: null, caveats: [] });
    const ended = `${began}py-spy> Wrote raw flamegraph data to 'x'. Samples: 506 Errors: 26\n`;
    expect(readRecordLog(ended)).toEqual({ samples: true, errors: 26, caveats: [] });
  });

  it('repeats that it could not keep up', () => {
    const late = `${began}py-spy> 1.42s behind in sampling, results may be inaccurate. Try reducing the sampling rate\n`;
    expect(readRecordLog(late).caveats).toEqual([expect.stringContaining('fell behind its sampling rate 1 times')]);
  });
});

describe('topmost', () => {
  it('leaves out what one of the others started, whatever their order', () => {
    const table = [
      { pid: 3, parentPid: 9, session: 9, state: 'S', startTicks: 1 },
      { pid: 9, parentPid: 1, session: 9, state: 'S', startTicks: 1 },
      { pid: 12, parentPid: 1, session: 9, state: 'S', startTicks: 1 },
    ];
    expect(topmost([3, 9, 12], table)).toEqual([9, 12]);
    expect(topmost([], table)).toEqual([]);
  });
});
