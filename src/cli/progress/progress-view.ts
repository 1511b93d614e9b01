/** Shows the progress of a run. */
export interface ProgressView {
  /** Show the run's end where it has ended, and restore the terminal. */
  close(): void;
}

/** Where progress goes: stderr, but for tests. */
export interface ProgressStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}
