import type { Metric } from '../../analysis/metrics.js';
import type { Interval } from '../../analysis/statistics/interval.js';
import {
  ABSENT,
  formatDecimal,
  formatMicroseconds,
  formatMilliseconds,
  formatRate,
  formatSignificant,
  tabulateMebibytes,
} from '../../lib/format.js';

/** `1,514 req/s`, `61.3 ms`, `350 µs`, `206 MiB`. */
export function formatFigure({ name, unit }: Metric, value: number | null): string {
  if (value === null) return ABSENT;
  switch (unit) {
    case 'req/s':
      return `${formatRate(value)} req/s`;
    case 'bytes':
      return `${tabulateMebibytes(value)} MiB`;
    case 'µs':
      return name === 'cpuUsPerRequest' ? formatMicroseconds(value) : formatMilliseconds(value);
    default:
      return unit satisfies never;
  }
}

/** `1,498 to 1,530 req/s`. */
export function formatBounds(metric: Metric, interval: Interval | null): string {
  if (interval === null) return ABSENT;
  const high = formatFigure(metric, interval.high);
  const unit = high.slice(high.lastIndexOf(' '));
  return `${formatFigure(metric, interval.low).replace(unit, '')} to ${high}`;
}

/** `+10.2 % (+8.1 to +12.3 %)`, of an overhead `+0.21 ms (+0.1 to +0.32 ms)`. */
export function formatStep({ scale }: Metric, { estimate, low, high }: Interval): string {
  const isShare = scale === 'log';
  const factor = isShare ? 100 : 1 / 1000;
  const unit = isShare ? '%' : 'ms';
  const text = (value: number) =>
    signed(isShare ? formatDecimal(value * factor, 1) : formatSignificant(value * factor, 3));
  return `${text(estimate)} ${unit} (${text(low)} to ${text(high)} ${unit})`;
}

function signed(text: string): string {
  return text.startsWith('-') ? text : `+${text}`;
}
