import { ExpectedError } from '../../lib/errors.js';
import type { LoadResult } from '../../model/load.js';
import { unread } from './host-cpu.js';
import { SegmentBooks } from './segment-log.js';
import { segmentResult } from './segment-result.js';

/** Pods write their books to their log, and nothing of the machine that they run on. */
const CPU = unread('a log says nothing of the CPU that its k6 used');

export interface MergedLogs {
  result: LoadResult;
  /** Between the first window's end and the last one's, each by its pod's own clock. */
  spreadMs: number;
}

/**
 * One result of the logs of several k6 that ran `segmentScript`.
 * @param logs name to text
 * @throws ExpectedError for a log without books, and for logs of different loads
 */
export function mergedLogs(logs: ReadonlyMap<string, string>): MergedLogs {
  const segments = [...logs].map(([host, text]) => {
    const books = new SegmentBooks();
    for (const line of text.split(/\r?\n/)) books.add(line);
    if (books.vus.length === 0) {
      throw new ExpectedError(`${host} holds no books of any VU`, 'give the whole log of a k6 that came to its end');
    }
    return { host, clockUncertaintyMs: null, cpu: CPU, vus: books.vus };
  });
  const all = segments.flatMap(({ vus }) => vus);
  const windows = [...new Set(all.map(({ windowMs }) => windowMs))];
  const [windowMs] = windows;
  if (windowMs === undefined || windows.length > 1) {
    throw new ExpectedError(`the logs are of windows of ${windows.join(', ')} ms`, 'give the logs of one load only');
  }
  const ends = [...new Set(all.map(({ endMs }) => endMs))];
  return { result: segmentResult(segments, windowMs / 1000), spreadMs: Math.max(...ends) - Math.min(...ends) };
}
