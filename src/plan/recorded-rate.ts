import { UsageError } from '../lib/errors.js';
import { MAX_RATE_PER_SEC } from '../model/bounds.js';
import { type ReplayedRequest, recordedRatePerSec } from '../model/replay.js';
import type { Scenario } from '../model/scenario.js';

/** Digits of a rate that follows from a recording: it is in names of folders. */
const RATE_DIGITS = 6;

/**
 * The scenario with the rates that its recording has at its speeds: levels are rates from here on. Others are as they were.
 * @throws UsageError for a recording in which no time passes, or that would be replayed too fast
 */
export function withRecordedRate(scenario: Scenario, replayed: readonly ReplayedRequest[]): Scenario {
  const { load, request } = scenario;
  if (load.arrivals !== 'recorded') return scenario;
  const recorded = recordedRatePerSec(replayed);
  if (recorded === null) {
    throw new UsageError(
      `all requests of the replayed file ${request.replay} came at one time, so that they have no rate`,
      'replay a file in which time passes, or leave out "arrivals: recorded"',
    );
  }
  const { speed = [1], ...others } = load;
  const ratePerSec = load.ratePerSec ?? speed.map((times) => Number((recorded * times).toPrecision(RATE_DIGITS)));
  const most = Math.max(...ratePerSec);
  if (most > MAX_RATE_PER_SEC) {
    throw new UsageError(
      `the recording ${request.replay} would be replayed at ${most} requests a second, and at most ${MAX_RATE_PER_SEC} are possible`,
      'lower its speed; times are milliseconds, in "created" seconds',
    );
  }
  return { ...scenario, load: { ...others, ratePerSec } };
}
