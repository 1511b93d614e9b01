import { z } from 'zod';
import { RatePerSec } from './arrivals.js';
import { FolderName, Name } from './names.js';
import { ProfilerName } from './profiler.js';
import { Vus } from './scenario.js';

/** One measurement: a gateway, a scenario, a level of load and a repeat. */
export const Cell = z
  .strictObject({
    /** Folder name below `cells/`, unique in a run. */
    id: FolderName,
    gateway: Name,
    variant: Name,
    scenario: Name,
    /** Of a closed loop. One with stages has their most. */
    vus: Vus.optional(),
    /** Of an open loop, instead of VUs: planned requests a second. */
    ratePerSec: RatePerSec.optional(),
    /** From 1. */
    repeat: z.number().int().min(1),
    stream: z.boolean(),
    /** Null for a cell whose numbers count. A profiled cell's don't: a profiler takes CPU from what it looks at. */
    profiler: ProfilerName.nullable().default(null),
  })
  .refine(({ vus, ratePerSec }) => (vus === undefined) !== (ratePerSec === undefined), {
    message: 'either VUs or a rate',
    path: ['vus'],
  });
export type Cell = z.infer<typeof Cell>;

/** `portkey-v150-r1`, `litellm.workers-v150-r1`, `portkey-rate500-r1` of an open loop, or `portkey-v50-r1-perf` for a profiled one. */
export function cellId(cell: Omit<Cell, 'id' | 'scenario' | 'stream'>): string {
  const name = cell.variant === 'default' ? cell.gateway : `${cell.gateway}.${cell.variant}`;
  const profiled = cell.profiler === null ? '' : `-${cell.profiler}`;
  const level = cell.ratePerSec === undefined ? `v${cell.vus}` : `rate${cell.ratePerSec}`;
  return `${name}-${level}-r${cell.repeat}${profiled}`;
}
