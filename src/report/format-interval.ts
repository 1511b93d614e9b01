import { formatDecimal, formatSignificant } from '../lib/format.js';

/** What an interval is shown by. */
interface Bounds {
  estimate: number;
  low: number;
  high: number;
}

/** `2,447 ± 1.1 %`: of an interval on the log scale, whose upper side is the longer one. */
export function formatRelative(interval: Bounds, format: (value: number) => string): string {
  const { estimate, high } = interval;
  return `${format(estimate)} ± ${formatSignificant(100 * (high / estimate - 1), 2)} %`;
}

/** `+1.21 ± 0.1`: of an interval with two sides of one length. */
export function formatAbsolute({ estimate, high }: Bounds, format: (value: number) => string): string {
  return `${estimate >= 0 ? '+' : ''}${format(estimate)} ± ${format(high - estimate)}`;
}

/** `1.031 [1.019–1.044]`. */
export function formatRatio({ estimate, low, high }: Bounds): string {
  return `${ratioText(estimate)} [${ratioText(low)}–${ratioText(high)}]`;
}

function ratioText(ratio: number): string {
  const size = Math.abs(ratio);
  return formatDecimal(ratio, size < 10 ? 3 : size < 100 ? 2 : 1);
}
