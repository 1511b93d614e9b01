import { formatShare } from '../lib/format.js';
import { completionsOf, failedCount, type LoadResult } from '../model/load.js';
import type { GateResult } from '../model/record.js';
import { unknownGate } from './gate.js';
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
 * outside the window. Back-off after a failure is think time Z, charged to the gateway that failed: N = X * (R + Z) then.
 * Its exact mean is known of most engines, and bounded by the number of failures of the others.
 */
export function littlesLawGate(vus: number, load: LoadResult): GateResult {
  const product = productOf(load);
  if (product === null) return unknownGate(GATE, NOTHING);
  const { passShare, warnShare } = THRESHOLDS.littlesLaw;
  const inBackOff = load.meanInBackOff ?? 0;
  const value = (product + inBackOff - vus) / vus;
  const waited = inBackOff / vus > 0.005 ? ` and ${Number(inBackOff.toPrecision(4))} VUs in back-off` : '';
  const figures =
    `X * R = ${Number(product.toPrecision(4))} requests in flight${waited} for ${vus} VUs, off by ${formatShare(Math.abs(value))} ` +
    `(bounds ${formatShare(passShare)} and ${formatShare(warnShare)})`;
  if (Math.abs(value) <= passShare) return { gate: GATE, verdict: 'pass', value, message: figures };
  if (load.meanInFlight === null) {
    return { gate: GATE, verdict: Math.abs(value) <= warnShare ? 'warn' : 'invalid', value, message: figures };
  }
  const idle = (vus - load.meanInFlight - inBackOff) / vus;
  const backOff = load.meanInBackOff === null ? Math.min(Math.max(idle, 0), backOffShare(vus, load)) : 0;
  const verdict = Math.abs(idle) - backOff <= warnShare ? 'warn' : 'invalid';
  const exact = `counted exactly, ${Number(load.meanInFlight.toPrecision(4))} were in flight`;
  return { gate: GATE, verdict, value, message: [figures, exact, ...formatBackOff(backOff, load)].join('; ') };
}

/**
 * The same of an open loop, which promises no number of requests in flight: N is how many were counted, each for as long as
 * it was in the window. A miss says that the load was not stationary: requests piled up, or a pile was worked off. That is
 * the gateway's doing, and a warning.
 */
export function littlesLawOpenGate(load: LoadResult): GateResult {
  const product = productOf(load);
  const inFlight = load.meanInFlight;
  if (product === null || inFlight === null || inFlight === 0) return unknownGate(GATE, NOTHING);
  const { passShare } = THRESHOLDS.littlesLaw;
  const value = (product - inFlight) / inFlight;
  // Fewer than one more or less at the window's ends is what one request does.
  const passed = Math.abs(value) <= passShare || Math.abs(product - inFlight) < 1;
  const figures = `X * R = ${Number(product.toPrecision(4))} requests in flight, and ${Number(inFlight.toPrecision(4))} were counted, off by ${formatShare(Math.abs(value))} (bound ${formatShare(passShare)})`;
  return {
    gate: GATE,
    verdict: passed ? 'pass' : 'warn',
    value,
    message: passed ? figures : `${figures}: their number changed over the window`,
  };
}

const NOTHING = 'no request was completed in the window';

/** X * mean(R); null where nothing was completed. */
function productOf({ requests, meanResponseUs, windowS }: LoadResult): number | null {
  const completions = completionsOf(requests);
  if (meanResponseUs === null || completions === 0 || windowS <= 0) return null;
  return (completions / windowS) * (meanResponseUs / 1e6);
}

/** Share of all VU time that back-off can have taken at most. */
function backOffShare(vus: number, load: LoadResult): number {
  const waitedS = failuresWithBackOff(load) * THRESHOLDS.littlesLaw.maxBackOffS;
  return Math.min(1, waitedS / (vus * load.windowS));
}

/** After every failure but a timeout a VU waits. */
function failuresWithBackOff({ requests }: LoadResult): number {
  return failedCount(requests) - (requests.failed.timeout ?? 0);
}

function formatBackOff(backOff: number, load: LoadResult): string[] {
  if (backOff <= 0.005) return [];
  return [
    `after ${failuresWithBackOff(load)} failures VUs were in back-off, for up to ${formatShare(backOff)} of their time`,
  ];
}
