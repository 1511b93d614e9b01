import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyList, RequestAccounting } from '../../src/load/accounting.js';
import type { Failure } from '../../src/load/failure-class.js';
import { assertBalanced, type WorkerSecond } from '../../src/load/worker-report.js';

const refused: Failure = { class: 'refused', detail: 'connect ECONNREFUSED' };
const bounds = { beginUs: 0, windowStartUs: 2_000_000, windowEndUs: 4_000_000 };

/** A accounting whose waiting VUs can be set, by when they wrote, and what it told. */
function accountingOf(custom = bounds) {
  const told: string[] = [];
  const seconds: WorkerSecond[] = [];
  const waiting: { writtenUs: number[] } = { writtenUs: [] };
  const accounting = new RequestAccounting(custom, () => waiting.writtenUs, {
    opened: () => told.push('opened'),
    closed: () => told.push('closed'),
    second: (second) => seconds.push(second),
  });
  return { accounting, told, seconds, waiting };
}

describe('RequestAccounting', () => {
  it('opens and closes by the time stamps of events, the bounds belonging to what follows', () => {
    const { accounting, told, waiting } = accountingOf();
    accounting.wrote(1_000_000);
    waiting.writtenUs = [1_000_000];
    accounting.succeeded(2_000_000, 1_000_000, 1_000_000);
    waiting.writtenUs = [];
    accounting.wrote(3_999_999);
    waiting.writtenUs = [3_999_999];
    accounting.succeeded(4_000_000, 1, 1);
    expect(told).toEqual(['opened', 'closed']);
    const report = accounting.report();
    expect(report.requests).toEqual({
      sent: 2,
      ok: 1,
      failed: {},
      inFlightAtEnd: 1,
      inFlightAtStart: 1,
      reopened: 0,
      statusCodes: {},
    });
    expect(report.closedAtUs).toBe(4_000_000);
    expect(report.responseUsSum).toBe(1_000_000);
    // The one that ended with the window was in flight, and the warm-up's is counted.
    expect(report.wholeLoad).toEqual({ ok: 1, sentAtMost: 2 });
    // The first was over when the window began; the second was in it for its last microsecond.
    expect(report.inFlightUsSum).toBe(1);
  });

  it('keeps warm-up failures out of the window, codes and examples too', () => {
    const { accounting, seconds } = accountingOf();
    accounting.wrote(0);
    accounting.failed(500_000, 500_000, { class: 'http_5xx', status: 503, detail: 'early' });
    accounting.advance(9_000_000);
    const report = accounting.report();
    expect(report.requests).toEqual({
      sent: 0,
      ok: 0,
      failed: {},
      inFlightAtEnd: 0,
      inFlightAtStart: 0,
      reopened: 0,
      statusCodes: {},
    });
    expect(report.failureExamples).toEqual([]);
    expect(report.wholeLoad).toEqual({ ok: 0, sentAtMost: 1 });
    expect(seconds.map(({ phase, second, failed }) => [phase, second, failed])).toEqual([
      ['warmup', 0, 1],
      ['warmup', 1, 0],
      ['window', 2, 0],
      ['window', 3, 0],
    ]);
  });

  it('parts the second that holds the start of the window', () => {
    const { accounting, seconds } = accountingOf({ beginUs: 0, windowStartUs: 1_500_000, windowEndUs: 2_700_000 });
    for (const atUs of [200_000, 1_200_000, 1_600_000, 1_900_000, 2_600_000]) {
      accounting.wrote(atUs);
      accounting.succeeded(atUs, 10, 10);
    }
    accounting.advance(3_000_000);
    expect(seconds.map(({ phase, second, ok }) => [phase, second, ok])).toEqual([
      ['warmup', 0, 1],
      ['warmup', 1, 1],
      ['window', 1, 2],
      ['window', 2, 1],
    ]);
  });

  it('counts what is written again once, and back-off for as long as it is in the window', () => {
    const { accounting } = accountingOf();
    accounting.wrote(1_000_000);
    accounting.reopened(1_500_000);
    accounting.backedOff(1_700_000, 500_000);
    accounting.wrote(2_200_000);
    accounting.reopened(2_300_000);
    accounting.backedOff(3_600_000, 1_000_000);
    accounting.advance(9_000_000);
    accounting.backedOff(9_000_000, 1_000_000);
    const report = accounting.report();
    expect(report.requests).toMatchObject({ sent: 1, reopened: 1 });
    expect(report.wholeLoad.sentAtMost).toBe(4);
    expect(report.backOffUsSum).toBe(200_000 + 400_000);
  });

  it('keeps when to try again, of the failures of the window', () => {
    const { accounting } = accountingOf();
    const failure = { class: 'http_5xx', status: 503, detail: 'no' } as const;
    accounting.failed(1_000_000, 1, { ...failure, retryAfterS: 99 });
    expect(accounting.report().requests).not.toHaveProperty('retryAfter');
    accounting.failed(2_000_000, 1, failure);
    accounting.failed(2_000_000, 1, { ...failure, retryAfterS: null });
    expect(accounting.report().requests.retryAfter).toEqual({ responses: 1, minS: null, maxS: null });
    accounting.failed(2_100_000, 1, { ...failure, retryAfterS: 30 });
    accounting.failed(2_200_000, 1, { ...failure, retryAfterS: 1 });
    expect(accounting.report().requests.retryAfter).toEqual({ responses: 3, minS: 1, maxS: 30 });
  });

  it('closes early, and only once', () => {
    const { accounting, told } = accountingOf();
    accounting.wrote(2_500_000);
    accounting.close(2_600_000);
    accounting.close(2_700_000);
    accounting.succeeded(2_800_000, 1, 1);
    accounting.wrote(2_800_000);
    expect(accounting.report().wholeLoad).toEqual({ ok: 0, sentAtMost: 2 });
    expect(told).toEqual(['opened', 'closed']);
    expect(accounting.closed).toBe(true);
    expect(accounting.report().closedAtUs).toBe(2_600_000);
    expect(accounting.report().requests.ok).toBe(0);
  });

  it('closes in the warm-up without having opened', () => {
    const { accounting, told } = accountingOf();
    accounting.wrote(100);
    accounting.close(1_000_000);
    expect(told).toEqual(['closed']);
    expect(accounting.report().requests.sent).toBe(0);
  });

  it('keeps a few distinct failures for people', () => {
    const { accounting } = accountingOf();
    for (let at = 0; at < 20; at += 1) {
      accounting.failed(2_000_000 + at, 1, refused);
      accounting.failed(2_000_000 + at, 1, { class: 'http_5xx', status: 500 + at, detail: `response ${at}` });
    }
    expect(accounting.report().failureExamples).toEqual([
      'refused: connect ECONNREFUSED',
      'http_5xx 500: response 0',
      'http_5xx 501: response 1',
      'http_5xx 502: response 2',
      'http_5xx 503: response 3',
    ]);
    expect(accounting.report().requests.failed).toEqual({ refused: 20, http_5xx: 20 });
    expect(accounting.report().requests.statusCodes['519']).toBe(1);
  });

  it('balances for any closed loop, whenever its requests end', () => {
    const step = fc.record({ vu: fc.nat(4), afterUs: fc.integer({ min: 1, max: 40_000 }), fails: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), (steps) => {
        const writtenUs: (number | null)[] = [null, null, null, null, null];
        const accounting = new RequestAccounting(
          { beginUs: 0, windowStartUs: 1_000_000, windowEndUs: 3_000_000 },
          () => writtenUs.filter((at) => at !== null),
          { opened: () => undefined, closed: () => undefined, second: () => undefined },
        );
        let nowUs = 0;
        const spans: [number, number][] = [];
        for (const { vu, afterUs, fails } of steps) {
          nowUs += afterUs;
          const written = writtenUs[vu] ?? null;
          if (written === null) {
            accounting.wrote(nowUs);
            writtenUs[vu] = nowUs;
          } else {
            if (fails) accounting.failed(nowUs, nowUs - written, refused);
            else accounting.succeeded(nowUs, nowUs - written, nowUs - written);
            writtenUs[vu] = null;
            spans.push([written, nowUs]);
          }
        }
        for (const at of writtenUs) if (at !== null) spans.push([at, nowUs]);
        accounting.close(nowUs);
        const { requests, completions, inFlightUsSum } = accounting.report();
        expect(() => assertBalanced(requests, completions)).not.toThrow();
        const inWindow = spans.map(([from, to]) => Math.min(to, 3_000_000) - Math.max(from, 1_000_000));
        expect(inFlightUsSum).toBe(inWindow.reduce((total, us) => total + Math.max(0, us), 0));
      }),
    );
  });
});

it('keeps everything in order, however much, and begins anew once taken', () => {
  const list = new LatencyList();
  for (let value = 0; value < 100_000; value += 1) list.push(value + 0.4);
  const taken = list.take();
  expect(taken).toHaveLength(100_000);
  expect(taken.every((value, index) => value === index)).toBe(true);
  list.push(7);
  expect([...list.take()]).toEqual([7]);
  expect([...list.take()]).toEqual([]);
  expect(taken[0]).toBe(0);
});
