import type { Readable, Writable } from 'node:stream';

/** A host that commands can be run on. Words arrive there as they are, whatever is in them. */
export interface RemoteShell {
  /** For people: `me@192.0.2.7`. */
  readonly label: string;
  /** @throws ExpectedError where the host can't be reached */
  run(
    words: readonly string[],
    options?: { signal?: AbortSignal },
  ): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** A command whose pipes are streams; read stdout from at once. `ended` throws the signal's reason where it aborts. */
  start(words: readonly string[], signal?: AbortSignal): Promise<RemoteCommand>;
}

export interface RemoteCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** 255 where the connection broke, or a signal ended the command. */
  ended(): Promise<{ exitCode: number; stderr: string }>;
}

/** ssh's exit code for a broken connection, and for a command that a signal ended. */
export const CONNECTION_LOST = 255;
