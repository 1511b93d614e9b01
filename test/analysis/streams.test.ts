import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, percentileUs, recordUs } from '../../common/histogram.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { gatewayStreams, streamFigures } from '../../src/analysis/streams.js';
import { summarise } from '../../src/analysis/summary.js';
import { pacingOf, upstreamAnswerS } from '../../src/analysis/upstream-answer.js';
import type { Latency } from '../../src/model/load.js';
import type { CellRecord, Outcome } from '../../src/model/record.js';
import { type CellFacts, recordOf, runOf } from '../support/record-builder.js';

const PACING = { frames: 11, paceUs: 20_000 };

/** As an engine records it. */
function latencyUsOf(values: readonly number[]): Latency {
  const histogram = newHistogram();
  for (const value of values) recordUs(histogram, value);
  const at = (q: number) => percentileUs(histogram, q);
  return {
    count: values.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    min: histogram.minNonZeroValue,
    mean: histogram.mean,
    max: histogram.maxValue,
    histogram: encodeHistogram(histogram),
  };
}

interface Streamed {
  firstUs?: number;
  headUs?: number;
  gapsUs?: readonly number[];
  spanUs?: number;
  tailUs?: number;
  openGapUs?: number | null;
  lost?: number;
  joined?: number;
}

/** A cell of ten answers with eleven frames each. */
function streamed(facts: CellFacts, streamed: Streamed = {}): CellRecord {
  const { headUs = 61_000, firstUs = headUs, gapsUs = [20_000], spanUs = 200_000, tailUs = 100 } = streamed;
  const ten = (us: number) => latencyUsOf(new Array<number>(10).fill(us));
  return {
    ...recordOf({ stream: true, p50Us: 261_000, ...facts }),
    firstByteUs: ten(firstUs),
    stream: {
      framesReceived: 110,
      headUs: ten(headUs),
      gapUs: latencyUsOf(gapsUs),
      spanUs: ten(spanUs),
      tailUs: ten(tailUs),
      openGapUs: streamed.openGapUs ?? null,
      frames: { expected: 110, lost: streamed.lost ?? 0, joined: streamed.joined ?? 0, reordered: 0, surplus: 0 },
    },
  };
}

function streamsOf(records: CellRecord[], streamChunkDelayMs = 20) {
  const run = runOf(records);
  const scenario = { ...run.scenario, upstream: { ...run.scenario.upstream, streamChunkDelayMs, outputTokens: 11 } };
  return gatewayStreams({ scenario }, summarise(run, deriveRun(records)));
}

describe('streamFigures', () => {
  it('takes frames for merged that came within a tenth of the pace, and those in the frame before', () => {
    const gapsUs = [1, 1999, 2000, 2100, 20_000];
    expect(streamFigures(streamed({ gateway: 'a', vus: 5 }, { gapsUs, joined: 4 }), PACING)?.merged).toBe(7);
  });

  it('takes answers for buffered whose frames all came within a millisecond, where that can be told', () => {
    const record = streamed({ gateway: 'a', vus: 5 }, { spanUs: 900 });
    expect(streamFigures(record, PACING)?.buffered).toBe(10);
    expect(streamFigures(streamed({ gateway: 'a', vus: 5 }, { spanUs: 1100 }), PACING)?.buffered).toBe(0);
    // An upstream that writes all of it in 9 ms.
    expect(streamFigures(record, { frames: 10, paceUs: 1000 })?.buffered).toBeNull();
    expect(streamFigures(record, { frames: 11, paceUs: 0 })).toMatchObject({ buffered: null, merged: null });
  });

  it('counts the gap of a stream that still stalls when the window ends', () => {
    const record = streamed({ gateway: 'a', vus: 5 }, { openGapUs: 5_000_000 });
    expect(streamFigures(record, PACING)?.longestGapUs).toBe(5_000_000);
  });

  it('divides the CPU time of the window by the frames that came in it', () => {
    const record = streamed({ gateway: 'a', vus: 5, tree: { cpuPercentMean: 11 } });
    // 11 % of 60 s, for 110 frames.
    expect(streamFigures(record, PACING)?.cpuUsPerFrame).toBeCloseTo(60_000, 6);
    expect(streamFigures(streamed({ gateway: 'direct', vus: 5 }), PACING)?.cpuUsPerFrame).toBeNull();
  });

  it('has nothing of a cell without streams', () => {
    expect(streamFigures(recordOf({ gateway: 'a', vus: 5 }), PACING)).toBeNull();
  });
});

describe('gatewayStreams', () => {
  it('says what a gateway adds to each part of an answer', () => {
    const streams = streamsOf([
      streamed({ gateway: 'direct', vus: 5 }),
      streamed(
        { gateway: 'a', vus: 5 },
        { headUs: 61_500, firstUs: 102_500, gapsUs: [19_000], spanUs: 190_000, tailUs: 50 },
      ),
    ]);
    expect(streams.map(({ summary }) => summary.label)).toEqual(['direct', 'a']);
    expect(streams[0]?.levels[0]?.added).toBeNull();
    const added = streams[1]?.levels[0]?.added;
    // The histogram rounds to 2 us.
    expect(Math.abs((added?.firstFrameP50 ?? 0) - 41_500)).toBeLessThanOrEqual(4);
    expect(Math.abs((added?.gapP50 ?? 0) + 1000)).toBeLessThanOrEqual(2);
    expect(Math.round(added?.parts.head ?? 0)).toBe(500);
    expect(Math.round((added?.parts.firstFrame ?? 0) / 100)).toBe(410);
    expect(Math.round((added?.parts.frames ?? 0) / 100)).toBe(-100);
    expect(Math.round(added?.parts.end ?? 0)).toBe(-50);
  });

  it('subtracts nothing from a cell without a direct one beside it, and leaves out what did not stream', () => {
    const streams = streamsOf([streamed({ gateway: 'a', vus: 5 }), recordOf({ gateway: 'b', vus: 5 })]);
    expect(streams.map(({ summary, levels }) => [summary.label, levels[0]?.added])).toEqual([['a', null]]);
  });

  const sustained = (records: CellRecord[], paceMs = 20) => streamsOf(records, paceMs)[0]?.sustained;
  const levels = (...streams: Streamed[]) =>
    streams.map((each, at) => streamed({ gateway: 'a', vus: 5 * (at + 1) }, each));

  it('sustains streams up to the level below the first that loses a frame or pauses too long', () => {
    expect(sustained(levels({}, {}))).toEqual({ vus: 10, failed: null, trusted: true });
    expect(sustained(levels({}, { lost: 1 }, {}))).toEqual({
      vus: 5,
      failed: { vus: 10, limits: [{ kind: 'lost', frames: 1 }] },
      trusted: true,
    });
    // Ten paces are not too long, and the histogram rounds.
    expect(sustained(levels({ gapsUs: [200_000] }))).toMatchObject({ vus: 5 });
    expect(sustained(levels({ gapsUs: [20_000, 210_000] }))).toMatchObject({
      vus: null,
      failed: { vus: 5, limits: [{ kind: 'gap' }] },
    });
  });

  it('does not sustain them with one request in a thousand failed, in a crash, or unknown', () => {
    const failing = (failed: number) => [
      streamed({ gateway: 'a', vus: 5, ratePerSec: 100, failed: { closed: failed } }),
    ];
    // Of 6,000 successes.
    expect(sustained(failing(6))).toMatchObject({ vus: 5 });
    expect(sustained(failing(7))).toMatchObject({ failed: { limits: [{ kind: 'errors' }] } });
    const crashed: Outcome = {
      kind: 'crashed',
      exitCode: 1,
      signal: null,
      phase: 'window',
      atS: 1,
      reason: 'gone',
      logTail: [],
    };
    expect(sustained([streamed({ gateway: 'a', vus: 5, outcome: crashed })])).toMatchObject({
      failed: { limits: [{ kind: 'crashed' }] },
    });
    const invalid: Outcome = { kind: 'invalid', reasons: ['the mock was late'] };
    // What can't be trusted counts where nothing else does, and is marked.
    expect(sustained([streamed({ gateway: 'a', vus: 5, outcome: invalid })])).toEqual({
      vus: 5,
      failed: null,
      trusted: false,
    });
    const failed: Outcome = { kind: 'failed', stage: 'ready', error: 'never ready', logTail: [] };
    const never = [streamed({ gateway: 'a', vus: 5 }), recordOf({ gateway: 'a', vus: 10, outcome: failed })];
    expect(sustained(never)).toMatchObject({ vus: 5, failed: { vus: 10, limits: [{ kind: 'unknown' }] } });
  });

  it('counts every trusted repeat', () => {
    const repeats = [1, 2, 3].map((repeat) =>
      streamed({ gateway: 'a', vus: 5, repeat }, { lost: repeat === 2 ? 3 : 0 }),
    );
    expect(sustained(repeats)).toMatchObject({ vus: null, failed: { vus: 5, limits: [{ kind: 'lost', frames: 3 }] } });
  });

  it('says nothing of how many are sustained where the upstream does not pace them', () => {
    expect(sustained(levels({}), 0)).toBeNull();
  });
});

it('takes the published answer for the upstream’s where a scenario asks for no other', () => {
  const { scenario } = runOf([recordOf({ gateway: 'a', vus: 5 })]);
  expect(pacingOf(scenario)).toEqual({ frames: 6, paceUs: 0 });
  expect(upstreamAnswerS(scenario)).toBe(0.06);
  const upstream = { ...scenario.upstream, streamChunkDelayMs: 20, outputTokens: 64 };
  expect(upstreamAnswerS({ ...scenario, upstream })).toBe(0.06);
  const request = { ...scenario.request, stream: true };
  expect(upstreamAnswerS({ upstream, request })).toBeCloseTo(0.06 + 63 * 0.02, 9);
});
