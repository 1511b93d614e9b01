import { z } from 'zod';
import { MAX_RATE_PER_SEC } from './bounds.js';
import { Count, Rate } from './ranges.js';

/** How requests arrive in an open loop: evenly, as a Poisson process, or at the times of a file's requests. */
export const ArrivalDistribution = z.enum(['constant', 'poisson', 'recorded']);
export type ArrivalDistribution = z.infer<typeof ArrivalDistribution>;

/** Requests a second of an open loop. */
export const RatePerSec = z.number().positive().max(MAX_RATE_PER_SEC);

/**
 * An open loop as it was planned, and what became of its arrivals. Of those that fell due in the window,
 * `planned = sent + unsent`, each counted on its own.
 */
export const ArrivalCounts = z.strictObject({
  /** As planned; of stages, the mean over the window; of recorded arrivals, the mean of the whole file. */
  ratePerSec: Rate,
  distribution: ArrivalDistribution,
  seed: Count,
  maxInFlight: Count,
  /** Fell due in the window. */
  planned: Count,
  /** Of these, sent in it. */
  sent: Count,
  /** Of these, never sent: they waited for the time-out, or still when the window ended. */
  unsent: Count,
  /** Sent in the window, and due before it. */
  carriedIn: Count,
  /** Of `planned`: had to wait because as many requests were in flight as may be. The gateway's doing, if it is any one's. */
  heldBack: Count,
  /** Of `planned`: not sent within 5 ms of their time although one more might have been in flight. The load engine's own doing. Null where it can't tell. */
  slipped: Count.nullable(),
  /** Most requests in flight at once; null where the engine can't tell. */
  inFlightMax: Count.nullable(),
});
export type ArrivalCounts = z.infer<typeof ArrivalCounts>;
