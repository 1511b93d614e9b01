/*
 * What can be asked of a run at all, by a scenario's fields and by the flags that override them. This file loads no zod:
 * the command line reads it for every verb.
 */

/** Virtual users of one cell. */
export const MAX_VUS = 100_000;
/** Requests a second of an open loop. */
export const MAX_RATE_PER_SEC = 1_000_000;
/** How often as fast as recorded. */
export const MAX_SPEED = 1_000_000;
/** Requests in flight at once in an open loop, unless a scenario says otherwise: half a second's stall at 2,000 requests a second. */
export const DEFAULT_MAX_IN_FLIGHT = 1_000;
/** VU counts, or rates, of a scenario. */
export const MAX_VU_LEVELS = 100;
export const MAX_REPEATS = 100;
export const MAX_DURATION_S = 24 * 3600;
export const MAX_WARMUP_S = 3600;
/** Each of idle, recovery and cool-down. */
export const MAX_PAUSE_S = 600;
export const MAX_TIMEOUT_S = 600;
export const MAX_PORT = 65_535;
