import { formatShare } from '../lib/format.js';
import type { SecondOfLoad } from '../model/load.js';
import type { GateResult } from '../model/record.js';
import { unknownGate } from './gate.js';
import { mean, mser5 } from './mser.js';
import { THRESHOLDS } from './thresholds.js';

/**
 * Completions a second over the window, failures included, whole seconds only; seconds without any are 0.
 * @param windowS as measured
 */
export function windowRates(seconds: readonly SecondOfLoad[], windowS: number): number[] {
  const inWindow = seconds.filter((second) => second.phase === 'window');
  const first = Math.min(...inWindow.map((second) => second.second));
  // 0.05: a window of 59.98 s was planned as 60 s, and its last second is whole enough.
  const rates = new Array<number>(inWindow.length === 0 ? 0 : Math.floor(windowS + 0.05)).fill(0);
  for (const second of inWindow) {
    const at = second.second - first;
    if (at < rates.length) rates[at] = second.ok + second.failed;
  }
  return rates;
}

/** Median latency of the window's seconds, in which anything succeeded: what tells whether an open loop, whose rate is given, is steady. */
export function windowLatencies(seconds: readonly SecondOfLoad[]): number[] {
  return seconds.filter(({ phase }) => phase === 'window').flatMap(({ p50Us }) => p50Us ?? []);
}

const MSER_GATE = 'steady state (MSER-5)';
const HALVES_GATE = 'steady state (halves)';

/** Which of the two series is judged. */
type Measured = 'rate' | 'median latency';

/**
 * An unsteady rate, or latency, is a result, not a fault of the run (Barrett et al., OOPSLA 2017): warn, never invalid.
 * @param noRates why there are none, if the engine keeps no seconds
 */
export function steadyStateGates(
  values: readonly number[],
  noRates?: string,
  measured: Measured = 'rate',
): GateResult[] {
  if (noRates === undefined) return [mserGate(values), halvesGate(values, measured)];
  return [MSER_GATE, HALVES_GATE].map((gate) => unknownGate(gate, noRates));
}

function mserGate(rates: readonly number[]): GateResult {
  const gate = MSER_GATE;
  const found = mser5(rates);
  if (found === null) {
    const needed = THRESHOLDS.mser.minBatches * THRESHOLDS.mser.batchSize;
    return {
      gate,
      verdict: 'unknown',
      value: null,
      message: `the window has ${rates.length} whole seconds, the rule needs ${needed}`,
    };
  }
  return {
    gate,
    verdict: found.steady ? 'pass' : 'warn',
    value: found.point,
    message: found.steady
      ? `steady from second ${found.point} of ${found.points}`
      : `did not reach a steady state in its first half: steady only from second ${found.point} of ${found.points}`,
  };
}

function halvesGate(rates: readonly number[], measured: Measured): GateResult {
  const gate = HALVES_GATE;
  const { passShare, minSecondsEach } = THRESHOLDS.halves;
  const half = Math.floor(rates.length / 2);
  const first = mean(rates.slice(0, half));
  const second = mean(rates.slice(rates.length - half));
  if (half < minSecondsEach || !(first + second > 0)) {
    const message =
      half < minSecondsEach
        ? `the window has ${rates.length} whole seconds, the rule needs ${2 * minSecondsEach}`
        : 'nothing was completed in the window';
    return unknownGate(gate, message);
  }
  // Over the mean of both, so that a fall and a rise of the same size count alike.
  const difference = (2 * (second - first)) / (first + second);
  const steady = Math.abs(difference) <= passShare;
  return {
    gate,
    verdict: steady ? 'pass' : 'warn',
    value: difference,
    message: `the second half's ${measured} is ${formatShare(Math.abs(difference))} ${difference < 0 ? 'below' : 'above'} the first half's (bound ${formatShare(passShare)})`,
  };
}
