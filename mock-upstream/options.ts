/** What the command line decides. */
export interface Options {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Of processes that answer; they share the port. */
  processes: number;
  latencyMs: number;
  /** As it was written: `60ms`. */
  latencyText: string;
  streamChunkDelayMs: number;
  /** No request-rate lines. */
  quiet: boolean;
}

export const DEFAULTS: Readonly<Options> = {
  host: '127.0.0.1',
  port: 9000,
  processes: 1,
  latencyMs: 0,
  latencyText: '0s',
  streamChunkDelayMs: 10,
  quiet: false,
};
