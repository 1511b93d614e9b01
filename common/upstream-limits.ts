/** What the mock upstream's flags take at most. */
export const MAX_CHUNK_DELAY_MS = 60_000;
export const MAX_SEED = 2 ** 32 - 1;
