/** Nanoseconds in each unit that Go knows. Both micro signs count: U+00B5 and U+03BC. */
const UNIT_NS = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

/** Go keeps a duration in an int64 of nanoseconds, about 292 years. */
const MAX_NS = 2n ** 63n - 1n;

const WHOLE = /^(?:\d+(?:\.\d*)?|\.\d+)[^\d.]+(?:(?:\d+(?:\.\d*)?|\.\d+)[^\d.]+)*$/;
const PART = /(\d*)(?:\.(\d*))?([^\d.]+)/g;

export type ParsedDuration = { ok: true; ns: bigint } | { ok: false; why: string };

/**
 * Parse what Go's `time.ParseDuration` parses: `60ms`, `1h2m3.5s`, `.5s`, `-2us`, and a bare `0`.
 * What is finer than a nanosecond is cut off, as there.
 * Grammar: https://pkg.go.dev/time#ParseDuration
 */
export function parseGoDuration(text: string): ParsedDuration {
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
