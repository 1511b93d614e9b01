/** 31 years at most. */
const SECONDS = /^\d{1,9}$/;
/** The three forms of an HTTP date, all of them in GMT: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
const FIXDATE = /^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const RFC_850 = /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/**
 * Seconds to wait by a `Retry-After`, a number of them or an HTTP date; 0 for a date in the past, null for anything else
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3).
 */
export function parseRetryAfter(value: string, nowMs: number): number | null {
  if (SECONDS.test(value)) return Number(value);
  const atMs = parseHttpDate(value);
  return Number.isNaN(atMs) ? null : Math.max(0, (atMs - nowMs) / 1000);
}

function parseHttpDate(value: string): number {
  if (FIXDATE.test(value) || RFC_850.test(value)) return Date.parse(value);
  return ASCTIME.test(value) ? Date.parse(`${value} GMT`) : Number.NaN;
}
