import { formatCount } from '../lib/format.js';
import type { Requests } from '../model/load.js';

/** Failures in a window, compared with all completions; requests in flight at its end are neither. */
export interface Failures {
  count: number;
  completed: number;
  /** 0 to 1; null if nothing was completed. */
  share: number | null;
  /** `timeout 90, http_5xx 3 (502)`, most frequent first; empty if nothing failed. */
  breakdown: string;
}

export function failuresOf(requests: Requests): Failures {
  const classes = Object.entries(requests.failed)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  const count = classes.reduce((sum, [, failed]) => sum + failed, 0);
  const completed = requests.ok + count;
  return {
    count,
    completed,
    share: completed === 0 ? null : count / completed,
    breakdown: classes.map(([name, failed]) => `${name} ${formatCount(failed)}${codesOf(name, requests)}`).join(', '),
  };
}

/** The status codes behind `http_4xx` and its like. */
function codesOf(failureClass: string, requests: Requests): string {
  const family = /^http_(\d)xx$/.exec(failureClass)?.[1];
  const codes = Object.keys(requests.statusCodes).filter((code) => code[0] === family);
  return family === undefined || codes.length === 0 ? '' : ` (${codes.join(', ')})`;
}
