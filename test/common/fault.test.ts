import { describe, expect, test } from 'vitest';
import { parseFault, parseFaultRule } from '../../common/fault.js';

const ALWAYS = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };
const ALL = { kind: 'share', share: 1 };

describe('faults', () => {
  test.each([
    ['429', { kind: 'error', status: 429, retryAfterMs: 1000 }],
    ['429(2.5s)', { kind: 'error', status: 429, retryAfterMs: 2500 }],
    ['500', { kind: 'error', status: 500, retryAfterMs: null }],
    ['503(10s)', { kind: 'error', status: 503, retryAfterMs: 10_000 }],
    ['529', { kind: 'error', status: 529, retryAfterMs: null }],
    ['slow', { kind: 'slow', delayMs: 5000 }],
    ['slow(300ms)', { kind: 'slow', delayMs: 300 }],
    ['stalled', { kind: 'stalled' }],
    ['stalled-mid', { kind: 'stalled-mid' }],
    ['reset', { kind: 'reset' }],
    ['reset-mid', { kind: 'reset-mid' }],
    ['cut', { kind: 'cut' }],
    ['truncated', { kind: 'truncated' }],
    ['malformed', { kind: 'malformed' }],
  ])('%s', (text, fault) => expect(parseFault(text)).toEqual({ ok: true, value: fault }));

  test.each([
    ['200', 'there is no fault "200"'],
    ['', 'there is no fault ""'],
    ['418', 'there is no fault "418"'],
    ['explode', 'there is no fault "explode"'],
    ['slow(5)', 'it has no unit'],
    ['429(-1s)', 'backwards'],
    ['reset(1s)', 'reset takes no time'],
  ])('"%s" is refused', (text, why) => {
    expect(parseFault(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});

describe('which requests', () => {
  test.each([
    ['reset', ALL, ALWAYS],
    ['reset:0.05', { kind: 'share', share: 0.05 }, ALWAYS],
    ['reset:1', ALL, ALWAYS],
    ['reset:first=3', { kind: 'first', count: 3 }, ALWAYS],
    ['reset:every=100', { kind: 'every', count: 100 }, ALWAYS],
    ['reset@30s..60s', ALL, { fromMs: 30_000, untilMs: 60_000 }],
    ['reset:0.5@1m..', { kind: 'share', share: 0.5 }, { fromMs: 60_000, untilMs: Number.POSITIVE_INFINITY }],
    ['reset@..5s', ALL, { fromMs: 0, untilMs: 5000 }],
  ])('%s', (text, when, window) => {
    expect(parseFaultRule(text)).toEqual({ ok: true, value: { fault: { kind: 'reset' }, when, ...window } });
  });

  test.each([
    ['reset:1.5', 'a share from 0 to 1'],
    ['reset:-0.5', 'a share from 0 to 1'],
    ['reset:often', 'a share from 0 to 1'],
    ['reset:first=0', 'no request at all'],
    ['reset@60s..30s', 'no time to fail in'],
    ['reset@30..60s', 'it has no unit'],
    ['reset@1s..2s..3s', 'no time to fail in'],
    ['Reset', 'faults look like'],
    ['', 'faults look like'],
  ])('"%s" is refused', (text, why) => {
    expect(parseFaultRule(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });
});
