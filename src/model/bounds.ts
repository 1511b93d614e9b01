/*
 * What can be asked of a run at all, by a scenario's fields and by the flags that override them. This file loads no zod:
 * the command line reads it for every verb.
 */

/** Virtual users of one cell. */
export const MAX_VUS = 100_000;
/** VU counts of a scenario. */
export const MAX_VU_LEVELS = 100;
export const MAX_REPEATS = 100;
export const MAX_DURATION_S = 24 * 3600;
export const MAX_WARMUP_S = 3600;
/** Each of idle, recovery and cool-down. */
export const MAX_PAUSE_S = 600;
export const MAX_TIMEOUT_S = 600;
export const MAX_PORT = 65_535;
