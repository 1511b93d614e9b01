import type { UntilTarget } from '../model/until.js';

// Spelled out rather than imported: --help shouldn't have to load schemas. The type keeps them complete.
const METRICS: Record<UntilTarget['metric'], true> = {
  rate: true,
  p50: true,
  p95: true,
  p99: true,
  cpuUsPerRequest: true,
  rss: true,
  pss: true,
};

const isMetric = (name: string): name is UntilTarget['metric'] => Object.hasOwn(METRICS, name);

/** `p99:ci<=5%` to a target; without a metric, the rate's. Or what is wrong with it. */
export function parseUntil(text: string): UntilTarget | { problem: string } {
  const found = /^\s*(?:(\w+)\s*:)?\s*ci\s*<=?\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  if (found === null) return { problem: `"${text}" is not a target: write such as 'ci<=2%' or 'p99:ci<=5%'` };
  const [, name = 'rate', percent] = found;
  if (!isMetric(name)) {
    const why = name.startsWith('overhead') ? '; an overhead may be 0, so it has no interval in percent' : '';
    return {
      problem: `"${name}" is no metric that can be waited for: choose among ${Object.keys(METRICS).join(', ')}${why}`,
    };
  }
  const halfWidthShare = Number(percent) / 100;
  if (!(halfWidthShare > 0 && halfWidthShare <= 1)) {
    return { problem: `"${text}": half of an interval is more than 0 % and at most 100 %` };
  }
  return { metric: name, halfWidthShare };
}
