import { formatShare } from '../lib/format.js';
import { completionsOf, type LoadResult } from '../model/load.js';
import type { GateResult } from '../model/record.js';
import { THRESHOLDS } from './thresholds.js';

const GATE = "Little's law";

/**
 * N = X * mean(R) over all completions, failures included (Little 1961): the engine kept as many requests in flight
 * as it was told to. A miss has a harmless reason where responses are long for the window:
 *
 *     |in flight at start|======= window =======|in flight at end|
 *      R counts it, the window doesn't           the window counts it, R doesn't
 *
 * So where X * mean(R) misses, the requests in flight are counted exactly, each for as long as it was in the window.
 * If there are as many as VUs, the engine did its part, and the miss is a warning: some of these requests ran mostly
 * outside the window. VUs in back-off after a failed connection are charged to the gateway that refused it.
 */
export function littlesLawGate(vus: number, load: LoadResult): GateResult {
  const completions = completionsOf(load.requests);
  if (load.meanResponseUs === null || completions === 0 || load.windowS <= 0) {
    return { gate: GATE, verdict: 'unknown', value: null, message: 'no request was completed in the window' };
  }
  const { passShare, warnShare } = THRESHOLDS.littlesLaw;
  const product = (completions / load.windowS) * (load.meanResponseUs / 1e6);
  const value = (product - vus) / vus;
  const figures =
    `X * R = ${Number(product.toPrecision(4))} requests in flight for ${vus} VUs, off by ${formatShare(Math.abs(value))} ` +
    `(bounds ${formatShare(passShare)} and ${formatShare(warnShare)})`;
  if (Math.abs(value) <= passShare) return { gate: GATE, verdict: 'pass', value, message: figures };
  if (load.meanInFlight === null) {
    return { gate: GATE, verdict: Math.abs(value) <= warnShare ? 'warn' : 'invalid', value, message: figures };
  }
  const idle = (vus - load.meanInFlight) / vus;
  const backOff = Math.min(Math.max(idle, 0), backOffShare(vus, load));
  const verdict = Math.abs(idle) - backOff <= warnShare ? 'warn' : 'invalid';
  const exact = `counted exactly, ${Number(load.meanInFlight.toPrecision(4))} were in flight`;
  return { gate: GATE, verdict, value, message: [figures, exact, ...formatBackOff(backOff, load)].join('; ') };
}

/** Share of all VU time that back-off can have taken at most. */
function backOffShare(vus: number, load: LoadResult): number {
  const waitedS = unanswered(load) * THRESHOLDS.littlesLaw.maxBackOffS;
  return Math.min(1, waitedS / (vus * load.windowS));
}

/** Failures without a response: a VU waits before it connects again. */
function unanswered({ requests }: LoadResult): number {
  const { refused = 0, reset = 0, closed = 0 } = requests.failed;
  return refused + reset + closed;
}

function formatBackOff(backOff: number, load: LoadResult): string[] {
  if (backOff <= 0.005) return [];
  return [
    `after ${unanswered(load)} failed connections VUs were in back-off, for ${formatShare(backOff)} of their time`,
  ];
}
