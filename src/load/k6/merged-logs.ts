import { ExpectedError } from '../../lib/errors.js';
import type { LoadResult } from '../../model/load.js';
import { unread } from './host-cpu.js';
import { K6Log } from './log.js';
import { mergeSegments } from './result.js';

/** A pod's log doesn't describe its machine. */
const CPU = unread('a log says nothing of the CPU that its k6 used');

export interface MergedLogs {
  result: LoadResult;
  /** Between the first window's end and the last one's, each by its pod's own clock. */
  spreadMs: number;
}

/**
 * One result of the logs of several k6 that ran `k6Script`.
 * @param logs name to text
 * @throws ExpectedError for a log without requests, and for logs of different loads
 */
export function mergedLogs(logs: ReadonlyMap<string, string>): MergedLogs {
  const segments = [...logs].map(([host, text]) => {
    const log = new K6Log();
    for (const line of text.split(/\r?\n/)) log.add(line);
    if (log.vus.length === 0) {
      throw new ExpectedError(`${host} holds no requests of any VU`, 'give the whole log of a k6 that ran to its end');
    }
    return { host, clockUncertaintyMs: null, cpu: CPU, vus: log.vus, staged: log.staged };
  });
  const all = segments.flatMap(({ vus }) => vus);
  const windows = [...new Set(all.map(({ windowMs }) => windowMs))];
  const [windowMs] = windows;
  if (windowMs === undefined || windows.length > 1) {
    throw new ExpectedError(`the logs are of windows of ${windows.join(', ')} ms`, 'give the logs of one load only');
  }
  const ends = [...new Set(all.map(({ endMs }) => endMs))];
  // Each script says it: logs of one load say the same.
  const staged = segments[0]?.staged;
  return {
    result: mergeSegments(segments, windowMs / 1000, { staged }),
    spreadMs: Math.max(...ends) - Math.min(...ends),
  };
}
