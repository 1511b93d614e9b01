import { formatMilliseconds, formatSignificant } from '../../lib/format.js';
import { type MedianInterval, pairsNeeded } from '../statistics/paired-median.js';

/** What one wants to see of a gateway. */
const ONE_MS_US = 1000;

/** `adds 2.1 ms [1.8 ms, 2.5 ms]`, as a sentence without its subject. */
export function formatAdded(added: MedianInterval | null): string {
  if (added === null) return 'too few pairs to say what it adds: 6 are needed';
  const { estimate, low, high } = added;
  const range = `[${formatMilliseconds(low)}, ${formatMilliseconds(high)}]`;
  if (low > 0) return `adds ${formatMilliseconds(estimate)} ${range}`;
  if (high < 0) {
    return `is ${formatMilliseconds(-estimate)} faster ${range}: more than the gateway differs, such as the way to the provider`;
  }
  return `no difference seen below ${formatMilliseconds(Math.max(-low, high))}: ${range} holds 0`;
}

/** How many pairs would see a millisecond; null where these do. */
export function formatPairsNeeded(added: MedianInterval | null): string | null {
  if (added === null || (added.high - added.low) / 2 <= ONE_MS_US) return null;
  return `to know it to 1 ms takes about ${formatSignificant(pairsNeeded(added, ONE_MS_US), 2)} pairs as these`;
}
