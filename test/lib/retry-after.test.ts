import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseRetryAfter } from '../../src/lib/retry-after.js';

const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';
const NOW_MS = Date.parse(DATE);

afterEach(() => vi.unstubAllEnvs());

describe('parseRetryAfter', () => {
  it('reads seconds', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (seconds) => {
        expect(parseRetryAfter(String(seconds), NOW_MS)).toBe(seconds);
      }),
    );
  });

  it.each([DATE, 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads a date, in GMT wherever we are: %s',
    (date) => {
      vi.stubEnv('TZ', 'America/New_York');
      expect(parseRetryAfter(date, NOW_MS - 30_000)).toBe(30);
      expect(parseRetryAfter(date, NOW_MS)).toBe(0);
      expect(parseRetryAfter(date, NOW_MS + 30_000)).toBe(0);
    },
  );

  it('reads every date that a server formats', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(seconds, seconds, (nowS, atS) => {
        const date = new Date(atS * 1000).toUTCString();
        expect(parseRetryAfter(date, nowS * 1000)).toBe(Math.max(0, atS - nowS));
      }),
    );
  });

  it.each([
    ...['', 'soon', '-1', '+1', '1.5', '1e3', '0x10', ' 5', '5 s', '1234567890', '9'.repeat(400), 'Infinity'],
    ...['2026-10-21', '2026-10-21T07:28:00Z', '21 Oct 2026', 'Sun, 99 Nov 1994 08:49:37 GMT'],
    ...['Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 08:49:37 PST', 'Sun, 06 Abc 1994 08:49:37 GMT'],
  ])('is null for %j', (value) => {
    expect(parseRetryAfter(value, NOW_MS)).toBeNull();
  });

  it('is a finite number that is not negative, or null, whatever comes', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-+\d.eE]*$/),
      fc.stringMatching(/^[A-Z][a-z]{2},? [\w :]*$/),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const seconds = parseRetryAfter(value, NOW_MS);
        expect(seconds === null || (Number.isFinite(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });
});
