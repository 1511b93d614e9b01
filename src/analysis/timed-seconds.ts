import type { SecondOfLoad } from '../model/load.js';
import type { CellRecord } from '../model/record.js';

/** A second of a cell's load, by when it began. */
export interface TimedSecond extends SecondOfLoad {
  /** From the window's start; below 0 in the warm-up. */
  atS: number;
}

/** A cell's seconds, those of its warm-up too, in order; empty where its engine has none. */
export function timedSeconds({ seconds, window }: Pick<CellRecord, 'seconds' | 'window'>): TimedSecond[] {
  const warmupS = window?.warmupS ?? 0;
  return seconds.map((second) => ({ ...second, atS: second.second - warmupS }));
}
