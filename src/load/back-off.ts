const FIRST_MS = 100;
const MAX_MS = 1000;

/**
 * How long a VU waits before it connects again, so that a dead gateway is one fact and not ten million failures.
 * @param failuresBefore failures in a row without a byte of an answer, before this one
 */
export function backOffMs(failuresBefore: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** failuresBefore);
}
