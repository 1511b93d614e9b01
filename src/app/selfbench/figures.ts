import { median } from '../../analysis/median.js';
import { completionsOf, failedCount, type LoadResult } from '../../model/load.js';
import type { CpuUse } from './cpu-use.js';
import { errorUs, type PercentileError } from './percentile-errors.js';
import { type RoundEntry, type Trial, trialKey } from './trials.js';

/** What a trial measured. What an engine can't report is null, never 0. */
export interface Figures {
  /** Successes a second. */
  ratePerSec: number;
  p50Us: number | null;
  p99Us: number | null;
  p999Us: number | null;
  failed: number;
  /** Whether sent = ok + failed + inFlightAtEnd; null where the engine doesn't count them all. */
  balanced: boolean | null;
  /** CPU time a completion, failures included. */
  engineCpuUs: number | null;
  upstreamCpuUs: number | null;
  /** Of p50, p95 and p99 where the true delays were recorded; otherwise empty. */
  errors: PercentileError[];
}

/** A trial's figures from the engine's result. */
export function figuresOf(load: LoadResult, cpu: CpuUse | null, errors: PercentileError[]): Figures {
  const { requests, windowS, latencyUs } = load;
  const failed = failedCount(requests);
  const completionsPerSec = windowS > 0 ? completionsOf(requests) / windowS : 0;
  const perCompletion = (usPerSec: number | null | undefined) =>
    usPerSec === null || usPerSec === undefined || completionsPerSec === 0 ? null : usPerSec / completionsPerSec;
  return {
    ratePerSec: windowS > 0 ? requests.ok / windowS : 0,
    p50Us: latencyUs?.p50 ?? null,
    p99Us: latencyUs?.p99 ?? null,
    p999Us: latencyUs?.p999 ?? null,
    failed,
    balanced:
      requests.sent === null || requests.inFlightAtEnd === null
        ? null
        : requests.sent === requests.ok + failed + requests.inFlightAtEnd,
    engineCpuUs: perCompletion(cpu?.engineUsPerSec),
    upstreamCpuUs: perCompletion(cpu?.upstreamUsPerSec),
    errors,
  };
}

/** How one trial of one round ended. */
export type TrialOutcome = RoundEntry & ({ kind: 'measured'; figures: Figures } | { kind: 'failed'; reason: string });

/** One trial over all rounds. */
export interface Row {
  trial: Trial;
  /** Rounds in which it was measured. */
  measured: number;
  /** Medians of the rounds; failures are summed; balanced only if every round was. Null if no round was measured. */
  figures: Figures | null;
  /** (Largest - smallest) / median of the figures that are compared. Null with fewer than two rounds. */
  spread: { rate: number | null; engineCpu: number | null; upstreamCpu: number | null };
  /** Why rounds failed. */
  reasons: string[];
}

/** A row for each trial, in order of appearance. */
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
    figures: all.length === 0 ? null : combine(all),
    spread: {
      rate: spreadOf(of((figures) => figures.ratePerSec)),
      engineCpu: spreadOf(of((figures) => figures.engineCpuUs)),
      upstreamCpu: spreadOf(of((figures) => figures.upstreamCpuUs)),
    },
    reasons: [...new Set(outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.reason] : [])))],
  };
}

function combine(all: Figures[]): Figures {
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

/** For each percentile the round with the median error, the larger of two: one round's figures, not a mix. */
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
