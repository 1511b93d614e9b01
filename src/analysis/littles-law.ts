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
 * windows). Beyond it, requests that hang in a silent end of the window are charged in full.
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
  const unexplained = Math.max(0, Math.abs(miss) - ends - silent);
  const { passShare, warnShare } = THRESHOLDS.littlesLaw;
  const verdict = Math.abs(miss) <= passShare ? 'pass' : unexplained <= warnShare ? 'warn' : 'invalid';
  const figures = `X * R = ${Number(inFlight.toPrecision(4))} requests in flight for ${vus} VUs, off by ${share(Math.abs(miss))}`;
  const bound = `(bounds ${share(passShare)} and ${share(warnShare)})`;
  return {
    gate: GATE,
    verdict,
    value: miss,
    message: [`${figures} ${bound}`, ...(verdict === 'pass' ? [] : reasons(miss, silent, ends, load))].join('; '),
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

/** Share of all VU time that the unfinished requests spent in seconds at the end in which nothing came back. */
function silentEndShare(vus: number, load: LoadResult): number {
  const rates = windowRates(load.seconds, load.windowS);
  const last = rates.findLastIndex((rate) => rate > 0);
  const silentS = last === -1 ? 0 : rates.length - 1 - last;
  return (Math.min(load.requests.unfinished, vus) * silentS) / (vus * load.windowS);
}

function reasons(miss: number, silent: number, ends: number, load: LoadResult): string[] {
  const refused = load.requests.failed.refused ?? 0;
  return [
    ...(miss < 0 && silent > 0
      ? [`${load.requests.unfinished} requests hung to the window's end (${share(silent)})`]
      : []),
    ...(ends > 0.005 ? [`responses are long for the window (allowance ${share(ends)})`] : []),
    ...(miss < 0 && refused > 0 ? [`after ${refused} refused connections VUs were in back-off, not in flight`] : []),
  ];
}
