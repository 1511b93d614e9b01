import type { Figures } from './figures.js';
import { errorUs, type PercentileError } from './percentile-error.js';
import { type Trial, trialKey } from './trial.js';

/** How one trial of one round ended. */
export type TrialOutcome = { round: number; trial: Trial } & (
  | { kind: 'measured'; figures: Figures }
  | { kind: 'failed'; reason: string }
);

/** One trial over all rounds. */
export interface Row {
  trial: Trial;
  /** In how many rounds it was measured; with none there are no figures. */
  measured: number;
  /** Medians; failures summed up over the rounds; balanced only where every round was. Null with no round. */
  figures: Figures | null;
  /** Largest less smallest over the median, of the figures that are compared. Null with fewer than two rounds. */
  spread: { rate: number | null; engineCpu: number | null; upstreamCpu: number | null };
  /** Why rounds failed. */
  reasons: string[];
}

/** A row for each trial, in the order in which the trials first come. */
export function medianRows(outcomes: readonly TrialOutcome[]): Row[] {
  const byTrial = new Map<string, TrialOutcome[]>();
  for (const outcome of outcomes) {
    const key = trialKey(outcome.trial);
    byTrial.set(key, [...(byTrial.get(key) ?? []), outcome]);
  }
  return [...byTrial.values()].flatMap((same) => (same[0] === undefined ? [] : rowOf(same[0].trial, same)));
}

function rowOf(trial: Trial, outcomes: TrialOutcome[]): Row {
  const all = outcomes.flatMap((outcome) => (outcome.kind === 'measured' ? [outcome.figures] : []));
  const of = (pick: (figures: Figures) => number | null) => all.map(pick);
  return {
    trial,
    measured: all.length,
    figures: all.length === 0 ? null : together(all),
    spread: {
      rate: spreadOf(of((figures) => figures.ratePerSec)),
      engineCpu: spreadOf(of((figures) => figures.engineCpuUs)),
      upstreamCpu: spreadOf(of((figures) => figures.upstreamCpuUs)),
    },
    reasons: [...new Set(outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.reason] : [])))],
  };
}

function together(all: Figures[]): Figures {
  const of = (pick: (figures: Figures) => number | null) => median(all.map(pick));
  const balances = all.map(({ balanced }) => balanced);
  return {
    ratePerSec: of((figures) => figures.ratePerSec) ?? 0,
    p50Us: of((figures) => figures.p50Us),
    p99Us: of((figures) => figures.p99Us),
    p999Us: of((figures) => figures.p999Us),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    balanced: balances.includes(false) ? false : balances.includes(null) ? null : true,
    engineCpuUs: of((figures) => figures.engineCpuUs),
    upstreamCpuUs: of((figures) => figures.upstreamCpuUs),
    errors: middleErrors(all.map(({ errors }) => errors)),
  };
}

/** Median of what is known; null where nothing is. */
export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** Of each percentile the round whose error is in the middle, the larger of two: its own figures, not a mix of several. */
function middleErrors(rounds: PercentileError[][]): PercentileError[] {
  const quantiles = [...new Set(rounds.flat().map(({ q }) => q))];
  return quantiles.flatMap((q) => {
    const same = rounds.flat().filter((error) => error.q === q);
    return same.sort((a, b) => Math.abs(errorUs(a)) - Math.abs(errorUs(b)))[same.length >> 1] ?? [];
  });
}

function spreadOf(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (known.length < 2 || middle === null || middle === 0) return null;
  return (Math.max(...known) - Math.min(...known)) / middle;
}
