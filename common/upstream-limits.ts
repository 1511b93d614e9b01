/** What the mock upstream's flags take at most. */
export const MAX_CHUNK_DELAY_MS = 60_000;
/** Frames with text of a scenario's streams. */
export const MAX_STREAM_FRAMES = 2000;
export const MAX_SEED = 2 ** 32 - 1;
