import { formatLevel, formatSignificant } from '../../lib/format.js';
import type { SecondOfLoad } from '../../model/load.js';
import { cellLevel, cellModel } from '../../model/load-level.js';
import type { CellRecord } from '../../model/record.js';
import type { Sample, TreeSample } from '../../model/resources.js';
import type { Point } from '../statistics/theil-sen.js';
import { THRESHOLDS } from '../thresholds.js';
import { type LeastRise, type SoakTrend, soakTrend } from './trend.js';

/** What a long window did to a gateway, and to what measured it. Null where it could not be read, or in too few samples. */
export interface Soak {
  cellId: string;
  title: string;
  /** `50 VUs`, `1000 req/s`. */
  load: string;
  windowS: number;
  /** RSS of the gateway's process tree, in MiB. */
  memoryMib: SoakTrend | null;
  descriptors: SoakTrend | null;
  threads: SoakTrend | null;
  /** Of successful requests by the second, in microseconds. */
  p50Us: SoakTrend | null;
  p99Us: SoakTrend | null;
  /** RSS of mock and load engine, in MiB: what of a trend may be the harness's own. */
  harness: { mock: SoakTrend | null; engine: SoakTrend | null };
  /** `no leak seen: less than 0.4 MiB/h`, `climbing: 12 MiB/h [11, 14]`; null without memory. */
  verdict: string | null;
}

const MIB = 2 ** 20;

/**
 * Trends over a long window.
 * @param samples of the cell, all phases
 * @returns null for a shorter window
 */
export function soakOf(record: CellRecord, samples: readonly Sample[]): Soak | null {
  const windowS = record.window?.measuredS ?? 0;
  return windowS < THRESHOLDS.soak.minWindowS ? null : soakTrends(record, samples);
}

/** As {@link soakOf}, however short the window. */
export function soakTrends({ cell, gateway, window, seconds }: CellRecord, samples: readonly Sample[]): Soak {
  const inWindow = samples.filter(({ phase }) => phase === 'window');
  const { memory, count, latency } = THRESHOLDS.soak.leastRise;
  const of = (tree: 'gateway' | 'mock' | 'engine', read: (sample: TreeSample) => number | null, least: LeastRise) =>
    soakTrend(
      inWindow.flatMap((sample) => point(sample.atS, sample[tree] === null ? null : read(sample[tree]))),
      least,
    );
  const rss = ({ rssBytes }: TreeSample) => (rssBytes === null ? null : rssBytes / MIB);
  const ofSeconds = (read: (second: SecondOfLoad) => number | null) =>
    soakTrend(
      seconds.flatMap((second) => (second.phase === 'window' ? point(second.second, read(second)) : [])),
      latency,
    );
  const memoryMib = of('gateway', rss, memory);
  return {
    cellId: cell.id,
    title: gateway.title,
    load: formatLevel(cellLevel(cell), cellModel(cell)),
    windowS: window?.measuredS ?? 0,
    memoryMib,
    descriptors: of('gateway', ({ descriptors }) => descriptors, count),
    threads: of('gateway', ({ threads }) => threads, count),
    p50Us: ofSeconds(({ p50Us }) => p50Us),
    p99Us: ofSeconds(({ p99Us }) => p99Us),
    harness: { mock: of('mock', rss, memory), engine: of('engine', rss, memory) },
    verdict: memoryMib === null ? null : leakVerdict(memoryMib),
  };
}

/** What a trend of memory, in MiB, says of a leak: how fast it climbs, or how fast at most. */
export function leakVerdict({ shape, late }: SoakTrend): string {
  if (shape !== 'climbing') return `no leak seen: less than ${formatMib(Math.max(0, late.high))} MiB/h`;
  return `climbing: ${formatMib(late.slope)} MiB/h [${formatMib(late.low)}, ${formatMib(late.high)}]`;
}

/** Two digits; what is less than a page in an hour is none. */
function formatMib(perHour: number): string {
  return perHour > 0 && perHour < 0.01 ? '0.01' : formatSignificant(perHour, Math.abs(perHour) < 100 ? 2 : 4);
}

function point(x: number, y: number | null): Point[] {
  return y === null ? [] : [{ x, y }];
}
