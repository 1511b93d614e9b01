import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../../src/model/record.js';
import type { Run } from '../../../src/model/run.js';
import { answerOf } from '../../../src/report/answer/answer-of.js';
import { bestFigures } from '../../../src/report/answer/best-figures.js';
import { broken } from '../../../src/report/answer/broken.js';
import { searchOf } from '../../support/capacity-search.js';
import { derivedOf } from '../../support/derived-report.js';
import { arriving, runLike, type ScenarioParts, SPIKE, spiked } from '../../support/open-loop-run.js';
import { latencyOf, recordOf } from '../../support/record-builder.js';

/** The report of {@link runLike}. */
function reportOf(records: readonly CellRecord[], parts: ScenarioParts, facts: Partial<Run> = {}) {
  return derivedOf(records, runLike(records, parts, facts));
}

const told = (report: ReturnType<typeof reportOf>) => {
  const { headline, sentences } = answerOf(report);
  return { headline, text: sentences.join(' ') };
};
const cards = (report: ReturnType<typeof reportOf>) =>
  Object.fromEntries(bestFigures(report).map(({ title, gateway, value }) => [title, `${gateway}: ${value}`]));

describe('of an open loop', () => {
  const load = { model: 'open' as const, ratePerSec: [100, 300] };

  it('who keeps up answers soonest, and who doesn’t is named', () => {
    const records = [
      arriving({ gateway: 'a', vus: 100, p99Us: 64_800 }),
      arriving({ gateway: 'a', vus: 300, p99Us: 68_300 }),
      arriving({ gateway: 'b', vus: 100, p99Us: 75_300 }),
      arriving({ gateway: 'b', vus: 300, p99Us: 96_100 }),
      arriving({ gateway: 'slow', vus: 100, p99Us: 691_000 }),
      // The little that it answers, it answers soonest.
      arriving({ gateway: 'slow', vus: 300, p99Us: 61_500, ratePerSec: 127 }),
    ];
    const report = reportOf(records, { load });
    const { headline, text } = told(report);
    expect(headline).toBe('a had the lowest p99 at 300 req/s: 68.3 ms, against 96.1 ms of b.');
    expect(text).toContain('It had the lowest p99 at 100 req/s too.');
    expect(text).toContain('slow did not keep up with 300 req/s: it answered 127 a second.');
    expect(cards(report)).toMatchObject({ 'Lowest p99': 'a: 68.3 ms' });
    expect(cards(report)).not.toHaveProperty('Highest rate');
  });

  it('one that alone keeps up is said to, and nobody where nobody does', () => {
    const records = [
      arriving({ gateway: 'a', vus: 300, p99Us: 68_300 }),
      arriving({ gateway: 'b', vus: 300, ratePerSec: 200 }),
    ];
    expect(told(reportOf(records, { load })).headline).toBe('a alone kept up at 300 req/s: p99 68.3 ms.');
    expect(told(reportOf(records.slice(0, 1), { load })).headline).toBe('a kept up at 300 req/s: p99 68.3 ms.');
    expect(told(reportOf(records.slice(1), { load })).headline).toBe('No gateway kept up with the planned rate.');
  });

  it('repeats say how sure that is', () => {
    const records = [1, 2, 3, 4, 5].flatMap((repeat) => [
      arriving({ gateway: 'a', vus: 300, repeat, p99Us: 68_000 + 10 * repeat }),
      arriving({ gateway: 'b', vus: 300, repeat, p99Us: 96_000 + 10 * repeat }),
    ]);
    const { headline, text } = told(reportOf(records, { load: { ...load, repeats: 5 } }));
    expect(headline).toMatch(/^a is the fastest gateway at 300 req\/s: p99 68 ms ± 0\.0\d+ %\.$/);
    expect(text).toMatch(/^The p99 of a is 29 % lower than that of b/);
  });
});

describe('of a load in stages', () => {
  it('the highest stage decides, and no mean over all of them', () => {
    const report = reportOf(
      [
        spiked('quick', [4000, 9880, 8120], 79_900, 0),
        spiked('late', [4000, 5330, 12_670], 3_864_000, 10),
        spiked('behind', [1400, 1300, 2900], 27_252_000, 40),
      ],
      { load: SPIKE },
    );
    const { headline, text } = told(report);
    // 9,880 of 10,000: those of its last 60 ms could not end in it.
    expect(headline).toBe('quick alone kept up with the highest stage, 1,000 req/s: p99 79.9 ms.');
    expect(text).toContain('late did not keep up with it: 533 a second, p99 3,864 ms.');
    expect(text).toContain('After the spike p99 was back: quick after 0 s and late after 10 s.');
    expect(text).toContain('behind was behind before the spike already.');
    expect(text).toContain('of one repeat');
    expect(cards(report)).toMatchObject({ 'Lowest p99': 'quick: 79.9 ms', 'Soonest recovered': 'quick: 0 s' });
  });

  it('of a closed loop the rate at the most VUs', () => {
    const ramp = (gateway: string, atTop: number): CellRecord => ({
      ...recordOf({ gateway, vus: 300, ratePerSec: 1000 }),
      stages: [
        { atS: 0, durationS: 10, from: 50, to: 300, ok: 10_000, failed: 0, latencyUs: latencyOf(10_000, 60_000) },
        { atS: 10, durationS: 10, from: 300, to: 300, ok: atTop, failed: 0, latencyUs: latencyOf(atTop, 60_000) },
      ],
    });
    const closed = { stages: [{ durationS: 20, vus: 300, ramp: true }] };
    const report = reportOf([ramp('a', 37_480), ramp('b', 4850)], { load: closed });
    expect(told(report).headline).toBe(
      'a had the highest rate at the highest stage, 300 VUs: 3,748 requests per second, 7.73 times as many as b.',
    );
  });
});

describe('where the upstream fails', () => {
  it('who lost the fewest requests, and no rate', () => {
    /** 503 from second 15 to 35 of the window. @param failed a second meanwhile */
    const hit = (gateway: string, failed: number): CellRecord => ({
      ...recordOf({ gateway, vus: 50, failed: failed === 0 ? {} : { http_5xx: 20 * failed } }),
      seconds: Array.from({ length: 60 }, (_, at) => {
        const meanwhile = at >= 15 && at < 35;
        return {
          second: at + 15,
          phase: 'window' as const,
          ok: meanwhile ? 500 : 800,
          failed: meanwhile ? failed : 0,
          p50Us: meanwhile ? 91_000 : 61_000,
          p99Us: 100_000,
        };
      }),
    });
    const report = reportOf([hit('a', 0), hit('b', 50)], { upstream: { faults: ['503@15s..35s'] } });
    const { headline, text } = told(report);
    expect(headline).toBe('a lost no request to the fault at 50 VUs.');
    expect(text).toContain('b lost 1,000 requests.');
    expect(text).toContain('a: good throughout, p50 91 ms meanwhile and 61 ms before.');
    expect(broken(report).broke).toEqual([]);
    expect(cards(report)).not.toHaveProperty('Highest rate');
    expect(told(reportOf([hit('b', 50)], { upstream: { faults: ['503@15s..35s'] } })).headline).toBe(
      'b lost 1,000 requests at 50 VUs.',
    );
  });

  it('of faults at a rate, who hid them', () => {
    const records = [
      recordOf({ gateway: 'a', vus: 50, ratePerSec: 500, failed: { http_5xx: 1500 } }),
      recordOf({ gateway: 'b', vus: 50, ratePerSec: 500, failed: { http_5xx: 15 } }),
    ];
    const { headline, text } = told(reportOf(records, { upstream: { faults: ['503:0.05'] } }));
    expect(headline).toMatch(/^b failed the smallest share of requests at 50 VUs: 0\.05 %/);
    expect(text).toContain('a failed 4.76 %.');
  });
});

it('of paced streams says who hands on the first frame soonest, and how many streams each sustains', () => {
  const streamed = (gateway: string, vus: number, firstUs: number, longestGapUs = 21_000): CellRecord => ({
    ...recordOf({ gateway, vus, stream: true, p50Us: 261_000 }),
    firstByteUs: latencyOf(1000, firstUs),
    stream: {
      framesReceived: 110,
      headUs: latencyOf(1000, firstUs),
      gapUs: latencyOf(10_000, 20_000, longestGapUs / 1.5),
      spanUs: latencyOf(1000, 200_000),
      tailUs: latencyOf(1000, 100),
      openGapUs: null,
      frames: { expected: 110, lost: 0, joined: 0, reordered: 0, surplus: 0 },
    },
  });
  const records = [25, 50].flatMap((vus) => [
    streamed('direct', vus, 61_000),
    streamed('a', vus, 62_000),
    streamed('b', vus, 70_000, vus === 50 ? 400_000 : 21_000),
  ]);
  const paced = { upstream: { streamChunkDelayMs: 20, outputTokens: 11 }, request: { stream: true } };
  const report = reportOf(records, paced);
  const { headline, text } = told(report);
  expect(headline).toBe('a adds the least time to the first frame at 50 VUs: +1 ms at p50, against +9 ms of b.');
  expect(text).toContain('Streams sustained: a 50 or more and b 25.');
  expect(cards(report)).toMatchObject({
    'Least added to the first frame': 'a: +1 ms',
    'Most streams sustained': 'a: 50 or more',
  });
  expect(cards(report)).not.toHaveProperty('Highest rate');
});

describe('of a search', () => {
  const search = (subjects: string[], count: number) =>
    searchOf(['p99<=80ms', 'p99<=100ms', 'p99<=200ms'].slice(0, count), { subjects });
  const three = (gateway: string, vus: number, ms: number) =>
    [0, 0.1, 0.2].map((noise, at) => recordOf({ gateway, vus, repeat: at + 1, p99Us: 1000 * (ms + noise) }));

  it('who takes the most load, whether that is sure, and no rate of a level', () => {
    const records = [
      ...three('a', 247, 70),
      ...three('a', 269, 130),
      ...three('b', 38, 70),
      ...three('b', 40, 130),
      recordOf({ gateway: 'c', vus: 20, p99Us: 70_000 }),
      recordOf({ gateway: 'c', vus: 30, p99Us: 130_000 }),
    ];
    const report = reportOf(records, {}, { capacity: search(['a', 'b', 'c'], 1) });
    expect(told(report).headline).toBe(
      'a takes the most load with p99<=80ms: 247 to 269 VUs; b 38 to 40 VUs and c 20 to 30 VUs (not decided).',
    );
    expect(cards(report)).toEqual({ 'p99<=80ms': 'a: 247 to 269 VUs' });
    const unsure = [...three('a', 247, 70), recordOf({ gateway: 'c', vus: 240, p99Us: 70_000 })];
    const overlapping = [
      ...three('a', 247, 70),
      ...three('a', 269, 130),
      ...three('c', 240, 70),
      ...three('c', 260, 130),
    ];
    for (const own of [unsure, overlapping]) {
      expect(told(reportOf(own, {}, { capacity: search(['a', 'c'], 1) })).headline).toContain(
        'a seems to take the most load',
      );
    }
  });

  it('of one gateway’s frontier, the objective in the middle first', () => {
    const records = [...three('a', 100, 70), ...three('a', 110, 90), ...three('a', 120, 130), ...three('a', 130, 250)];
    const { headline, text } = told(reportOf(records, {}, { capacity: search(['a'], 3) }));
    expect(headline).toBe('a takes 110 to 120 VUs with p99<=100ms.');
    expect(text).toBe('It takes 100 to 110 VUs with p99<=80ms and 120 to 130 VUs with p99<=200ms.');
  });
});

it('of a soak says what memory did', () => {
  const report = reportOf([recordOf({ gateway: 'a', vus: 50 })], {});
  const soak = { title: 'a', load: '50 VUs', verdict: 'no leak seen: less than 0.4 MiB/h' };
  const { headline, text } = told({ ...report, soaks: [soak as (typeof report.soaks)[number]] });
  expect(headline).toMatch(/^a answered 816 requests per second at 50 VUs\.$/);
  expect(text).toContain('Memory of a at 50 VUs: no leak seen: less than 0.4 MiB/h.');
});
