const UNIT_NS = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  // The micro sign and the Greek mu look alike: Go reads both.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** Go keeps a duration in an int64 of nanoseconds, about 292 years. */
const MAX_NS = 2n ** 63n - 1n;

const NUMBER = String.raw`(?:\d+(?:\.\d*)?|\.\d+)`;
const WHOLE = new RegExp(String.raw`^(?:${NUMBER}[^\d.]+)+$`);
const PART = /(\d*)(?:\.(\d*))?([^\d.]+)/g;

/** The syntax that {@link parseNonNegativeDuration} reads, as part of a regular expression. */
export const DURATION_PATTERN = String.raw`\+?(?:0|(?:${NUMBER}(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)`;

export type ParsedDuration = { ok: true; ns: bigint } | { ok: false; why: string };

/**
 * Parse what Go's `time.ParseDuration` parses: `60ms`, `1h2m3.5s`, `.5s`, `-2us`, and a bare `0`.
 * Fractions of a nanosecond are cut off, as there.
 * Grammar: https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): ParsedDuration {
  const negative = text.startsWith('-');
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return { ok: true, ns: 0n };
  if (/^(?:\d+\.?\d*|\.\d+)$/.test(unsigned)) return { ok: false, why: 'it has no unit' };
  if (!WHOLE.test(unsigned)) return { ok: false, why: 'it is not a duration' };
  let ns = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of unsigned.matchAll(PART)) {
    const unitNs = UNIT_NS.get(unit);
    if (unitNs === undefined) return { ok: false, why: `"${unit}" is not a unit of time` };
    ns += BigInt(whole || '0') * unitNs;
    ns += (BigInt(fraction || '0') * unitNs) / 10n ** BigInt(fraction.length);
  }
  if (ns > MAX_NS) return { ok: false, why: 'it is too long' };
  return { ok: true, ns: negative ? -ns : ns };
}

/** As {@link parseDuration}, but with a minus sign refused: waits and windows have no negative length. */
export function parseNonNegativeDuration(text: string): ParsedDuration {
  const parsed = parseDuration(text);
  return parsed.ok && text.startsWith('-') ? { ok: false, why: 'time does not run backwards' } : parsed;
}
