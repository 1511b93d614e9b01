import { formatCount, formatRate, formatShare } from '../lib/format.js';
import type { ArrivalCounts } from '../model/arrivals.js';
import { completionsOf, type LoadResult } from '../model/load.js';
import type { GateResult } from '../model/record.js';
import { unknownGate } from './gate.js';
import { THRESHOLDS } from './thresholds.js';

const SUSTAINED_GATE = 'planned rate sustained';
const SCHEDULE_GATE = 'schedule kept';

/** The gates that only an open loop has. */
export function openLoopGates(load: LoadResult): GateResult[] {
  const { arrivals } = load;
  return arrivals === undefined ? [] : [scheduleGate(arrivals), sustainedGate(arrivals, load)];
}

/**
 * Did the load engine send its requests when they were due? Those that had to wait because as many were in flight as may be
 * are not its fault. Nighthawk's rule: below 99 % of the planned rate the client was the limit.
 */
function scheduleGate({ planned, slipped }: ArrivalCounts): GateResult {
  if (planned === 0) return unknownGate(SCHEDULE_GATE, 'no request was due in the window');
  if (slipped === null) return unknownGate(SCHEDULE_GATE, 'the load engine doesn’t tell how late it sent its requests');
  const value = 1 - slipped / planned;
  const { minShare, slipMs } = THRESHOLDS.openLoop;
  const kept = value >= minShare;
  const figures = `${formatCount(planned - slipped)} of ${formatCount(planned)} requests left within ${slipMs} ms of their time, or waited for the gateway alone (bound ${formatShare(minShare)})`;
  return {
    gate: SCHEDULE_GATE,
    verdict: kept ? 'pass' : 'invalid',
    value,
    message: kept ? figures : `${figures}: the schedule slipped in the load engine`,
  };
}

/** Did as many requests end as arrived? Less is a result: the gateway can't keep up with this rate. */
function sustainedGate({ planned, unsent, maxInFlight }: ArrivalCounts, load: LoadResult): GateResult {
  const { requests, windowS, rawLatencyUs } = load;
  if (planned === 0 || windowS <= 0) return unknownGate(SUSTAINED_GATE, 'no request was due in the window');
  const completions = completionsOf(requests);
  // Of an engine whose window begins with nothing in flight, those that the last moments left in flight had no time to end.
  const noTimeS = requests.inFlightAtStart === 0 ? (rawLatencyUs?.min ?? 0) / 1e6 : 0;
  const inTime = noTimeS < windowS ? planned * (1 - noTimeS / windowS) : planned;
  const value = completions / inTime;
  const sustained = value >= THRESHOLDS.openLoop.minShare;
  const lost =
    unsent === 0 ? '' : `; ${formatCount(unsent)} were never sent, with ${formatCount(maxInFlight)} in flight at most`;
  return {
    gate: SUSTAINED_GATE,
    verdict: sustained ? 'pass' : 'warn',
    value,
    message: `${formatRate(completions / windowS)} requests a second ended and ${formatRate(planned / windowS)} were due (bound ${formatShare(THRESHOLDS.openLoop.minShare)})${lost}`,
  };
}

/** Whether as many requests ended as arrived; null without an open loop. */
export function isSustained({ gates }: { gates: readonly GateResult[] }): boolean | null {
  const verdict = gates.find(({ gate }) => gate === SUSTAINED_GATE)?.verdict;
  return verdict === undefined || verdict === 'unknown' ? null : verdict === 'pass';
}
