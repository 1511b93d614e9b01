import { z } from 'zod';
import { Name } from './names.js';
import { Vus } from './scenario.js';

/** One measurement: a gateway, a scenario, a VU count and a repeat. */
export const Cell = z.strictObject({
  /** Folder name below `cells/`, unique in a run. */
  id: z.string(),
  gateway: Name,
  variant: Name,
  scenario: Name,
  vus: Vus,
  /** From 1. */
  repeat: z.number().int().min(1),
  stream: z.boolean(),
});
export type Cell = z.infer<typeof Cell>;

/** `portkey-v150-r1`, or `litellm.workers-v150-r1`. */
export function cellId(cell: Omit<Cell, 'id' | 'scenario' | 'stream'>): string {
  const name = cell.variant === 'default' ? cell.gateway : `${cell.gateway}.${cell.variant}`;
  return `${name}-v${cell.vus}-r${cell.repeat}`;
}
