import { parseNonNegativeDuration } from '../../common/duration.js';
import type { Objective, ObjectivePercentile, ObjectiveTerm } from '../model/capacity.js';

// Spelled out rather than imported: --help shouldn't have to load schemas. The type keeps them complete.
const PERCENTILES: Record<ObjectivePercentile, true> = { p50: true, p90: true, p95: true, p99: true, p999: true };
const EXAMPLES = "'p99<=100ms, errors<0.1%' or 'added-p99<=10ms'";

/** `p99<=100ms, errors<0.1%` to an objective, or what is wrong with it. `<` and `<=` mean the same. */
export function parseObjective(text: string): Objective | { problem: string } {
  const terms: ObjectiveTerm[] = [];
  for (const part of text.split(',')) {
    const term = parseTerm(part);
    if ('problem' in term) return term;
    if (terms.some((each) => nameOf(each) === nameOf(term))) return { problem: `${nameOf(term)} has two limits` };
    terms.push(term);
  }
  return { text: text.trim(), terms };
}

/** Objectives that differ by their limit alone: how much load a gateway takes if it may add so much. */
export function frontierObjectives(limitsMs: readonly number[]): Objective[] {
  return limitsMs.map((limitMs) => ({
    text: `added-p99<=${limitMs}ms, errors<0.1%`,
    terms: [
      { metric: 'added', percentile: 'p99', limitUs: limitMs * 1000 },
      { metric: 'errors', limitShare: 0.001 },
    ],
  }));
}

function parseTerm(text: string): ObjectiveTerm | { problem: string } {
  const [, added, name = '', limit = ''] = /^\s*(added-)?(\w+)\s*<=?\s*(\S(?:.*\S)?)\s*$/.exec(text) ?? [];
  if (name === '') return { problem: `"${text.trim()}" is not an objective: write such as ${EXAMPLES}` };
  if (name === 'errors' && added === undefined) return parseErrors(limit);
  if (!isPercentile(name)) {
    const known = [...Object.keys(PERCENTILES), 'errors'].join(', ');
    return {
      problem: `"${name}" is nothing that an objective can be about: choose among ${known}; such as ${EXAMPLES}`,
    };
  }
  const parsed = parseNonNegativeDuration(limit);
  const limitUs = parsed.ok ? Number(parsed.ns) / 1000 : 0;
  if (!parsed.ok || limitUs === 0) {
    const why = parsed.ok ? 'nothing takes no time' : parsed.why;
    return { problem: `"${limit}" is not a limit of a latency: ${why}; write such as 100ms` };
  }
  return { metric: added === undefined ? 'latency' : 'added', percentile: name, limitUs };
}

function parseErrors(limit: string): ObjectiveTerm | { problem: string } {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(limit)?.[1] ?? Number.NaN);
  if (percent > 0 && percent < 100) return { metric: 'errors', limitShare: percent / 100 };
  return { problem: `"${limit}" is not a limit of errors: write a share of all requests above 0 %, such as 0.1%` };
}

function isPercentile(name: string): name is ObjectivePercentile {
  return Object.hasOwn(PERCENTILES, name);
}

function nameOf(term: ObjectiveTerm): string {
  if (term.metric === 'errors') return 'errors';
  return `${term.metric === 'added' ? 'added-' : ''}${term.percentile}`;
}
