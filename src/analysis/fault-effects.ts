import type { FaultRule } from '../../common/fault.js';
import type { SecondOfLoad } from '../model/load.js';
import type { CellRecord } from '../model/record.js';
import type { Scenario } from '../model/scenario.js';
import { faultRules, isTimed } from './expectations.js';
import { median } from './median.js';
import { THRESHOLDS } from './thresholds.js';
import { type TimedSecond, timedSeconds } from './timed-seconds.js';

/** What became of one cell's requests while its upstream failed by design. */
export interface FaultEffects {
  /** Faults that the upstreams injected. */
  injected: number | null;
  /** Of what the upstreams were asked in the window, 0 to 1. */
  injectedShare: number | null;
  /** Upstream requests for each of the client's in the window: over 1 where the gateway tried again. */
  upstreamPerRequest: number | null;
  /** Of what the upstreams were asked in the window, what went to the second one; null without one. */
  secondShare: number | null;
  /** One for each fault that begins or ends within the window. */
  recoveries: Recovery[];
}

/** What happened from a timed fault's begin on, by the seconds of the load. */
export interface Recovery {
  /** As in the scenario: `503@10s..25s`. */
  fault: string;
  /** From the window's start. */
  fromS: number;
  /** Null where it lasts to the window's end. */
  untilS: number | null;
  /** Client's requests that failed from its begin to the window's end, or the next timed fault's begin. */
  lost: number;
  /** From its begin until the last bad second before its end was over; 0 without one, null where the last one was bad. */
  goodAgainS: number | null;
  /** The same from its end on; null where it has none in the window, or the last second was bad. */
  goodAfterEndS: number | null;
  /** Medians over seconds of the p50 of good answers, before it and while it lasted; null without any. */
  p50BeforeUs: number | null;
  p50MeanwhileUs: number | null;
  /** Largest p99 of any second while it lasted. */
  worstP99Us: number | null;
}

/** Null for a scenario without faults, and for a cell that wasn't measured. */
export function faultEffects(record: CellRecord, scenario: Scenario): FaultEffects | null {
  const { upstream } = scenario;
  const texts = upstream.faults ?? [];
  const { mock, requests } = record;
  if (texts.length + (upstream.second?.faults ?? []).length === 0 || requests === null) return null;
  const injected = mock?.faults === undefined ? null : Object.values(mock.faults).reduce((sum, each) => sum + each, 0);
  const second = mock?.second?.requests ?? null;
  const asked = mock?.requests == null ? null : mock.requests + (second ?? 0);
  return {
    injected,
    injectedShare: injected === null || !asked ? null : injected / asked,
    upstreamPerRequest: upstreamPerRequest(record),
    secondShare: second === null || !asked ? null : second / asked,
    recoveries: recoveries(record, texts),
  };
}

/**
 * Upstream requests for each request that the client wrote in the window. Nothing fails before the window, so what the
 * upstream got beyond one for each over the whole load is the window's. Null where the engine doesn't count what it sends.
 */
function upstreamPerRequest({ requests, wholeLoad, mock }: CellRecord): number | null {
  const upstream = mock?.wholeLoad ?? null;
  if (requests?.sent == null || wholeLoad === null || upstream === null) return null;
  const inWindow = requests.sent - (requests.inFlightAtStart ?? 0);
  return inWindow <= 0 ? null : 1 + (upstream.requests - wholeLoad.sentAtMost) / inWindow;
}

function recoveries({ seconds, window }: CellRecord, texts: readonly string[]): Recovery[] {
  if (window === null) return [];
  const own = timedSeconds({ seconds, window }).filter(({ phase }) => phase === 'window');
  const timed = texts
    .map((text, index) => ({ text, rule: faultRules(texts)[index] }))
    .flatMap(({ text, rule }) => (rule !== undefined && isTimed(rule) ? [{ text, rule }] : []))
    .toSorted((a, b) => a.rule.fromMs - b.rule.fromMs);
  return timed.map(({ text, rule }, index) => {
    const nextFromS = (timed[index + 1]?.rule.fromMs ?? Number.POSITIVE_INFINITY) / 1000;
    return recovery(own, text, rule, nextFromS);
  });
}

function recovery(seconds: readonly TimedSecond[], fault: string, { fromMs, untilMs }: FaultRule, nextFromS: number) {
  const [fromS, untilS] = [fromMs / 1000, untilMs / 1000];
  // The second in which it begins is affected, and so is the one in which it ends.
  const between = (from: number, until: number) => seconds.filter(({ atS }) => atS + 1 > from && atS < until);
  const before = seconds.filter(({ atS }) => atS + 1 <= fromS);
  const usual = median(before.map(({ ok }) => ok));
  const meanwhile = between(fromS, untilS);
  const after = between(untilS, nextFromS);
  return {
    fault,
    fromS,
    untilS: untilS === Number.POSITIVE_INFINITY ? null : untilS,
    lost: between(fromS, nextFromS).reduce((sum, { failed }) => sum + failed, 0),
    goodAgainS: goodFrom(meanwhile, fromS, usual),
    goodAfterEndS: after.length === 0 ? null : goodFrom(after, untilS, usual),
    p50BeforeUs: median(before.flatMap(({ p50Us }) => p50Us ?? [])),
    p50MeanwhileUs: median(meanwhile.flatMap(({ p50Us }) => p50Us ?? [])),
    worstP99Us: largest(meanwhile.flatMap(({ p99Us }) => p99Us ?? [])),
  };
}

/** How long after a moment the last bad second was over. */
function goodFrom(seconds: readonly TimedSecond[], sinceS: number, usualOk: number | null): number | null {
  const last = seconds.findLast((second) => isBad(second, usualOk));
  if (last === undefined) return seconds.length === 0 ? null : 0;
  return last === seconds.at(-1) ? null : last.atS + 1 - sinceS;
}

/** Many failures, or hardly an answer. @param usualOk good answers of a second before the fault; null without one */
function isBad({ ok, failed }: SecondOfLoad, usualOk: number | null): boolean {
  const { failedShare, rateShare } = THRESHOLDS.goodSecond;
  return failed > failedShare * (ok + failed) || ok < rateShare * (usualOk ?? 1);
}

function largest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
