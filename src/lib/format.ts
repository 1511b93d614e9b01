/** Stands where there is nothing to show; never a 0. */
export const ABSENT = '–';

const numberFormats = new Map<string, Intl.NumberFormat>();

function formatNumber(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  let format = numberFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', options);
    numberFormats.set(key, format);
  }
  // A small negative number rounds to "-0", which reads as a misprint.
  return format.format(value).replace(/^-(0(?:\.0+)?)$/, '$1');
}

/** A number with a dot in it, as a version is written in a title. */
const VERSION_IN_TITLE = /(?<![\w.])v?(\d+(?:\.\d+)+)(?![\w.])/;

/**
 * `Kong OSS 3.9.1`. A version that is in the title already isn't said twice, and a shorter form of it there is completed:
 * `LiteLLM 1.108` with version 1.108.7 is `LiteLLM 1.108.7`.
 * @param version null where it isn't known
 */
export function formatTitle(title: string, version: string | null): string {
  if (version === null || version === '') return title;
  const bare = version.replace(/^v/, '');
  const stated = VERSION_IN_TITLE.exec(title)?.[1];
  if (stated === bare) return title;
  if (stated !== undefined && bare.startsWith(`${stated}.`)) return title.replace(VERSION_IN_TITLE, bare);
  return `${title} ${version}`;
}

/** `13,925.4`: a fixed number of decimals. */
export function formatDecimal(value: number, decimals: number): string {
  return formatNumber(value, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `1.25`, `0.012`, `15,200`: at most so many significant digits, no trailing zeros. */
export function formatSignificant(value: number, digits: number): string {
  return formatNumber(value, { maximumSignificantDigits: digits });
}

/** `53,500`: rounded to a whole number. */
export function formatCount(count: number): string {
  return formatDecimal(count, 0);
}

/** `13,925` or `99.9`: requests a second, without the unit; one decimal below 100. */
export function formatRate(ratePerSec: number | null): string {
  return ratePerSec === null ? ABSENT : formatDecimal(ratePerSec, ratePerSec >= 99.95 ? 0 : 1);
}

/** Decimals for a time in milliseconds: three below 1 ms, two below 10 ms, one below 1 s. */
function millisecondDecimals(ms: number): number {
  const size = Math.abs(ms);
  return size < 1 ? 3 : size < 10 ? 2 : size < 1000 ? 1 : 0;
}

/** `0.250`, `61.3`, `1,015`: milliseconds for a table column, without the unit. */
export function tabulateMilliseconds(timeUs: number | null): string {
  if (timeUs === null) return ABSENT;
  const ms = timeUs / 1000;
  return formatDecimal(ms, millisecondDecimals(ms));
}

/** `0.25 ms`, `61.3 ms`, `1,015 ms`: for sentences, without trailing zeros. */
export function formatMilliseconds(timeUs: number): string {
  const ms = timeUs / 1000;
  return `${formatNumber(ms, { maximumFractionDigits: millisecondDecimals(ms) })} ms`;
}

/** `9.4 µs`, `940 µs`, `13,500 µs`. */
export function formatMicroseconds(timeUs: number): string {
  return `${formatDecimal(timeUs, timeUs < 10 ? 1 : 0)} µs`;
}

/** `2.96 %`, `0.012 %`, `100 %`: a share in a sentence, three significant digits. @param share 0 to 1 */
export function formatShare(share: number): string {
  return `${formatSignificant(share * 100, 3)} %`;
}

/** `2.96 %`, `0.012 %`, `40.0 %`: a share in a table, with trailing zeros. @param share 0 to 1 */
export function tabulateShare(share: number | null): string {
  if (share === null) return ABSENT;
  const percent = share * 100;
  return `${percent === 0 ? '0' : formatDecimal(percent, percent < 0.1 ? 3 : percent < 10 ? 2 : 1)} %`;
}

/** `32 %`, `0.4 %`, `under 0.1 %`: a share estimated from a few hundred samples, which hold no more digits. */
export function formatSampledShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return 'under 0.1 %';
  return `${formatDecimal(percent, percent < 0.95 ? 1 : 0)} %`;
}

/** `36`: mebibytes for a table column, without the unit. */
export function tabulateMebibytes(bytes: number | null): string {
  return bytes === null ? ABSENT : formatDecimal(bytes / 2 ** 20, 0);
}

/** `¹²`: footnote marks. */
export function formatSuperscript(value: number): string {
  return [...String(value)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '').join('');
}

/** `50, 150 and 300`. */
export function formatList(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `1 VU`, `50 VUs`. */
export function formatVus(vus: number | string): string {
  return `${vus} ${String(vus) === '1' ? 'VU' : 'VUs'}`;
}

/** `50 VUs`; of an open loop `500 req/s`. Several levels come as one text. */
export function formatLevel(level: number | string, model: 'closed' | 'open'): string {
  return model === 'open' ? `${level} req/s` : formatVus(level);
}
