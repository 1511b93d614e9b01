import { formatDecimal } from '../../lib/format.js';

/** `$0.50`, `$0.0012`: small sums have more decimals. */
export function formatUsd(usd: number): string {
  return `$${formatDecimal(usd, usd === 0 || usd >= 0.1 ? 2 : usd >= 0.001 ? 4 : 6)}`;
}
