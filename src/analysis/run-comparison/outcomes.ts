import { formatShare } from '../../lib/format.js';
import type { DerivedCell } from '../derive-run.js';
import { failuresOf } from '../failures.js';
import { THRESHOLDS } from '../thresholds.js';

/** What changed in whether a gateway works at all, which no figure of a trusted window shows. */
export interface OutcomeChange {
  verdict: 'worse' | 'better' | 'inconclusive';
  /** `crashed in 3 of 3 repeats; in the base in none`. */
  text: string;
}

/** Compare what became of a cell's repeats; null where nothing differs. */
export function outcomeChange(base: readonly DerivedCell[], head: readonly DerivedCell[]): OutcomeChange | null {
  return brokenChange(base, head) ?? failureChange(base, head);
}

/** Stages at which it is the gateway that doesn't work. */
const OWN_STAGES: readonly string[] = ['start', 'ready', 'verify'];

/** In a word what a gateway did instead of working; null where it worked, and where it was not tried. */
function breakOf({ outcome, requests }: DerivedCell): string | null {
  if (outcome.kind === 'crashed') return 'crashed';
  if (outcome.kind === 'failed') return OWN_STAGES.includes(outcome.stage) ? `failed at ${outcome.stage}` : null;
  return requests !== null && requests.ok === 0 && failuresOf(requests).count > 0 ? 'failed every request' : null;
}

function brokenChange(base: readonly DerivedCell[], head: readonly DerivedCell[]): OutcomeChange | null {
  const [before, now] = [breaksIn(base), breaksIn(head)];
  if (before.count === 0 && now.count === 0) return null;
  const text = `${now.text}; in the base ${before.text}`;
  if (now.count > 0 && before.count === 0) {
    // One crash of several may have been waiting in the base too.
    return { verdict: now.count === head.length ? 'worse' : 'inconclusive', text };
  }
  if (now.count === 0) return { verdict: before.count === base.length ? 'better' : 'inconclusive', text };
  return { verdict: 'inconclusive', text };
}

function breaksIn(cells: readonly DerivedCell[]): { count: number; text: string } {
  const breaks = cells.flatMap((cell) => breakOf(cell) ?? []);
  if (breaks.length === 0) return { count: 0, text: 'in none' };
  return {
    count: breaks.length,
    text: `${[...new Set(breaks)].join(' or ')} in ${breaks.length} of ${cells.length} repeats`,
  };
}

/** Failed requests are in no percentile, and few of them in the rate. */
function failureChange(base: readonly DerivedCell[], head: readonly DerivedCell[]): OutcomeChange | null {
  const { failedShare } = THRESHOLDS.runComparison;
  const [before, now] = [failedShares(base), failedShares(head)];
  if (before.length === 0 || now.length === 0) return null;
  const range = (shares: number[]) => ({ min: Math.min(...shares), max: Math.max(...shares) });
  const [ours, theirs] = [range(before), range(now)];
  if (theirs.max <= ours.max + failedShare && ours.max <= theirs.max + failedShare) return null;
  const text = `${rangeText(theirs)} of the requests failed; in the base ${rangeText(ours)}`;
  if (theirs.min > ours.max + failedShare) return { verdict: 'worse', text };
  return { verdict: ours.min > theirs.max + failedShare ? 'better' : 'inconclusive', text };
}

/**
 * Which repeats count for nothing because they can't be trusted, and why.
 * @returns `2 of 3 repeats aren't trusted: other programs: they took 7.5 %…`; null where all are
 */
export function untrustedText(cells: readonly DerivedCell[]): string | null {
  const reasons = cells.flatMap(({ outcome }) => (outcome.kind === 'invalid' ? [outcome.reasons.join('; ')] : []));
  if (reasons.length === 0) return null;
  const distinct = [...new Set(reasons)];
  const more =
    distinct.length > 1 ? ` (and ${distinct.length - 1} other ${distinct.length > 2 ? 'reasons' : 'reason'})` : '';
  const are = reasons.length === 1 ? 'isn’t' : 'aren’t';
  return `${reasons.length} of ${cells.length} repeats ${are} trusted: ${distinct[0]}${more}`;
}

function failedShares(cells: readonly DerivedCell[]): number[] {
  return cells.flatMap(({ outcome, requests }) =>
    outcome.kind !== 'ok' || requests === null ? [] : (failuresOf(requests).share ?? []),
  );
}

function rangeText({ min, max }: { min: number; max: number }): string {
  return min === max ? formatShare(min) : `${formatShare(min)} to ${formatShare(max)}`;
}
