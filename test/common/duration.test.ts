import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../common/duration.js';

/** What Go's `Duration.String` prints: https://pkg.go.dev/time#Duration.String */
function goText(ns: bigint): string {
  if (ns < 0n) return `-${goText(-ns)}`;
  if (ns === 0n) return '0s';
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${decimal(ns, 3)}µs`;
  if (ns < 1_000_000_000n) return `${decimal(ns, 6)}ms`;
  const minutes = ns / 60_000_000_000n;
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = (value % scale).toString().padStart(digits, '0').replace(/0+$/, '');
  return fraction === '' ? `${value / scale}` : `${value / scale}.${fraction}`;
}

describe('a Go duration', () => {
  test.each([
    ['0', 0n],
    ['0s', 0n],
    ['+5s', 5_000_000_000n],
    ['60ms', 60_000_000n],
    ['1.5s', 1_500_000_000n],
    ['250us', 250_000n],
    ['250µs', 250_000n],
    ['250μs', 250_000n],
    ['7ns', 7n],
    ['.5ms', 500_000n],
    ['5.s', 5_000_000_000n],
    ['1h2m3.5s', 3_723_500_000_000n],
    ['3ns1h', 3_600_000_000_003n],
    ['-1.5h', -5_400_000_000_000n],
    ['1.9ns', 1n],
    ['0.3333333333333333333h', 1_199_999_999_999n],
    ['9223372036854775807ns', 2n ** 63n - 1n],
  ])('%s', (text, ns) => {
    expect(parseDuration(text)).toEqual({ ok: true, ns });
  });

  test.each([
    ['', 'not a duration'],
    ['60', 'no unit'],
    ['1.5', 'no unit'],
    ['.', 'not a duration'],
    ['.s', 'not a duration'],
    ['ms', 'not a duration'],
    ['+', 'not a duration'],
    ['--1s', 'not a duration'],
    ['1m-5s', '"m-" is not a unit'],
    ['1 s', '" s" is not a unit'],
    ['60mS', '"mS" is not a unit'],
    ['1d', '"d" is not a unit'],
    ['1s2', 'not a duration'],
    ['9223372036854775808ns', 'too long'],
    ['3000000h', 'too long'],
  ])('not "%s"', (text, why) => {
    expect(parseDuration(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });

  test('whatever Go prints is read back, to the nanosecond', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n - 1n), max: 2n ** 63n - 1n }), (ns) => {
        expect(parseDuration(goText(ns))).toEqual({ ok: true, ns });
      }),
    );
  });

  test('short ones as well, which the whole range seldom draws', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10_000_000_000n }), (ns) => {
        expect(parseDuration(goText(ns))).toEqual({ ok: true, ns });
      }),
    );
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('0', '9', '.', '-', 'm', 's', 'h', 'µ', ' ') }), (text) => {
        expect(typeof parseDuration(text).ok).toBe('boolean');
      }),
    );
  });
});
