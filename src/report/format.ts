/** What stands where there is nothing to say: never a 0. */
export const ABSENT = '–';

const numberFormats = new Map<number, Intl.NumberFormat>();

/** `13,925.4`: thousands with commas, so many decimals. */
export function decimal(value: number, decimals: number): string {
  let format = numberFormats.get(decimals);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    numberFormats.set(decimals, format);
  }
  // A small negative rounds to "-0", which reads as a misprint.
  return format.format(value).replace(/^-(0(?:\.0+)?)$/, '$1');
}

/** Requests a second: whole from 100, else with one decimal. */
export function rate(perSec: number | null): string {
  return perSec === null ? ABSENT : decimal(perSec, perSec >= 99.95 ? 0 : 1);
}

/** Milliseconds of microseconds, without the unit: three decimals below 1 ms, two below 10 ms, one below 1 s. */
export function milliseconds(us: number | null): string {
  if (us === null) return ABSENT;
  const ms = us / 1000;
  const size = Math.abs(ms);
  return decimal(ms, size < 1 ? 3 : size < 10 ? 2 : size < 1000 ? 1 : 0);
}

/** Mebibytes of bytes, without the unit. */
export function mebibytes(bytes: number | null): string {
  return bytes === null ? ABSENT : decimal(bytes / 2 ** 20, 0);
}

/** `2 %`, with the decimals that a small share needs. */
export function percent(share: number | null): string {
  if (share === null) return ABSENT;
  const value = share * 100;
  return `${value === 0 ? '0' : decimal(value, value < 0.1 ? 3 : value < 10 ? 2 : 1)} %`;
}

/** `¹²`, for footnote marks. */
export function superscript(value: number): string {
  return [...String(value)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '').join('');
}

/** `50, 150 and 300`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `1 VU`, `50 VUs`. */
export function formatVus(vus: number | string): string {
  return `${vus} ${String(vus) === '1' ? 'VU' : 'VUs'}`;
}
