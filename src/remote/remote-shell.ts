import type { Readable, Writable } from 'node:stream';

/** A host that commands can be run on. Words arrive there as they are, whatever is in them. */
export interface RemoteShell {
  /** For people: `me@192.0.2.7`. */
  readonly label: string;
  /** @throws ExpectedError where the host can't be reached */
  run(words: readonly string[], options?: { signal?: AbortSignal }): Promise<RemoteResult>;
  /** Start a command whose pipes are streams. Read stdout at once: what nobody reads is lost. */
  start(words: readonly string[], signal?: AbortSignal): Promise<RemoteCommand>;
}

export interface RemoteResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A command on a host while it runs. */
export interface RemoteCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /**
   * Its exit code, or {@link CONNECTION_LOST}.
   * @throws the signal's reason where it aborts
   */
  ended(): Promise<{ exitCode: number; stderr: string }>;
}

/** ssh's own exit code: the connection failed, or a signal ended the command. */
export const CONNECTION_LOST = 255;
