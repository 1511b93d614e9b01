import type { LoadResult } from '../model/load.js';
import type { GateResult } from '../model/record.js';
import { share } from './phrases.js';
import { windowRates } from './steady-state.js';
import { THRESHOLDS } from './thresholds.js';

const GATE = "Little's law";

/**
 * N = X * mean(R) over all completions, failures included (Little 1961): the engine kept as many requests in flight
 * as it was told to. What it leaves out is real time of VUs too, so a miss is first charged to what is known of it:
 *
 *     |carried in|=========== window ===========|unfinished|
 *      R counts it, the window doesn't           the window counts it, R doesn't
 *
 * In a steady run both ends cancel but for chance. The allowance is the mean age of a request met at a random moment,
 * `E[R^2] / 2E[R]`, over the window: 0.05 % at 60 ms in 60 s, 5 % at 6 s (Kim and Whitt 2013 on the ends of finite
 * windows). Beyond it, requests that hang in a silent end of the window are charged in full, and every connection that
 * failed with the longest back-off.
 */
export function littlesLawGate(vus: number, load: LoadResult): GateResult {
  const completions = completionsOf(load);
  if (load.meanResponseUs === null || completions === 0 || load.windowS <= 0) {
    return { gate: GATE, verdict: 'unknown', value: null, message: 'no request was completed in the window' };
  }
  const inFlight = (completions / load.windowS) * (load.meanResponseUs / 1e6);
  const miss = (inFlight - vus) / vus;
  const ends = meanAgeS(load) / load.windowS;
  const silent = miss < 0 ? silentEndShare(vus, load) : 0;
  const backOff = miss < 0 ? backOffShare(vus, load) : 0;
  const unexplained = Math.max(0, Math.abs(miss) - ends - silent - backOff);
  const { passShare, warnShare } = THRESHOLDS.littlesLaw;
  const verdict = Math.abs(miss) <= passShare ? 'pass' : unexplained <= warnShare ? 'warn' : 'invalid';
  const figures = `X * R = ${Number(inFlight.toPrecision(4))} requests in flight for ${vus} VUs, off by ${share(Math.abs(miss))}`;
  const bound = `(bounds ${share(passShare)} and ${share(warnShare)})`;
  return {
    gate: GATE,
    verdict,
    value: miss,
    message: [`${figures} ${bound}`, ...(verdict === 'pass' ? [] : reasons({ silent, ends, backOff }, load))].join(
      '; ',
    ),
  };
}

/** Successes and failures alike. */
export function completionsOf(load: Pick<LoadResult, 'requests'>): number {
  return load.requests.ok + failuresOf(load);
}

function failuresOf(load: Pick<LoadResult, 'requests'>): number {
  return Object.values(load.requests.failed).reduce((sum, count) => sum + count, 0);
}

/** From the means of successes and failures apart: a lower bound of E[R^2], so the allowance is never too wide. */
function meanAgeS(load: LoadResult): number {
  const groups = [load.latencyUs, load.failedLatencyUs].filter((group) => group !== null);
  const first = groups.reduce((sum, group) => sum + group.count * group.mean, 0);
  const second = groups.reduce((sum, group) => sum + group.count * group.mean ** 2, 0);
  return first === 0 ? 0 : second / (2 * first) / 1e6;
}

/**
 * Share of all VU time that the unfinished requests spent in seconds at the end in which nothing came back. Where the
 * engine can't count them, they are taken to be as many as there are VUs: in a closed loop they can't be more.
 */
function silentEndShare(vus: number, load: LoadResult): number {
  const rates = windowRates(load.seconds, load.windowS);
  const last = rates.findLastIndex((rate) => rate > 0);
  const silentS = last === -1 ? 0 : rates.length - 1 - last;
  return (Math.min(load.requests.unfinished ?? vus, vus) * silentS) / (vus * load.windowS);
}

/** Share of all VU time that back-off can have taken at most. */
function backOffShare(vus: number, load: LoadResult): number {
  const waited = unanswered(load) * THRESHOLDS.littlesLaw.longestBackOffS;
  return Math.min(1, waited / (vus * load.windowS));
}

/** Failures without an answer: after these a VU waits before it connects again. */
function unanswered({ requests }: LoadResult): number {
  const { refused = 0, reset = 0, closed = 0, timeout = 0 } = requests.failed;
  return refused + reset + closed + timeout;
}

function reasons(explained: { silent: number; ends: number; backOff: number }, load: LoadResult): string[] {
  const { silent, ends, backOff } = explained;
  return [
    ...(silent > 0
      ? [`${load.requests.unfinished ?? 'all'} requests hung to the window's end (${share(silent)})`]
      : []),
    ...(ends > 0.005 ? [`responses are long for the window (allowance ${share(ends)})`] : []),
    ...(backOff > 0.005
      ? [`after ${unanswered(load)} failed connections VUs were in back-off, not in flight (at most ${share(backOff)})`]
      : []),
  ];
}
