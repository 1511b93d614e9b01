/** A mock upstream that listens, in one process or in several. */
export interface RunningMock {
  port: number;
  /** Of all processes, the one that was started first. */
  pids: number[];
  /** Chat completion requests since the start, of all processes. */
  requestsEver(): Promise<number>;
  /** Resolves when every other process has gone; the caller ends this one. */
  stop(): Promise<void>;
}
