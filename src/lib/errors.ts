import { constants } from 'node:os';

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2, inconclusive: 3 } as const;

/**
 * An expected failure, reported in two lines: what went wrong and where, and what to do next.
 * Anything else that is thrown is a bug and keeps its stack.
 */
export class ExpectedError extends Error {
  override readonly name: string = 'ExpectedError';

  /**
   * @param message what, where and why
   * @param hint what to do about it, as a sentence or a command
   * @param exitCode 1 for a run that failed, 2 for wrong usage
   */
  constructor(
    message: string,
    readonly hint?: string,
    readonly exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Wrong usage: bad flags, unknown names, bad files. Exit code 2. */
export class UsageError extends ExpectedError {
  override readonly name = 'UsageError';

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, hint, EXIT.usage, options);
  }
}

/** Results can't be written any more: the run has to end, with what is written kept. */
export class StorageError extends ExpectedError {
  override readonly name = 'StorageError';
}

/** What was asked for doesn't exist in this program or on this machine: a fact about it, and no failure. */
export class UnavailableError extends ExpectedError {
  override readonly name = 'UnavailableError';
}

/** The user, or the system, asked us to stop. */
export class InterruptedError extends ExpectedError {
  override readonly name = 'InterruptedError';

  constructor(readonly signal: NodeJS.Signals = 'SIGINT') {
    super(`stopped by ${signal}`, undefined, 128 + constants.signals[signal]);
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Below this, loading a verb can fail for want of files to open. */
const MIN_OPEN_FILES = 256;

/**
 * A clear error where files can't be opened any more, whatever code that hit; null for anything else.
 * @param limit of open files; null for none
 */
export function openFilesError(error: unknown, limit: number | null): ExpectedError | null {
  if (!isOpenFilesError(error, limit)) return null;
  return new ExpectedError(
    `too many open files${limit === null ? '' : `: the limit is ${limit}`}`,
    'raise the limit, for instance: ulimit -n 65536',
  );
}

/**
 * A call of the operating system that failed where no code expected it to: a disk, a device, a folder in a file's place.
 * Null for anything else.
 */
export function systemError(error: unknown): ExpectedError | null {
  if (!isSystemError(error)) return null;
  return new ExpectedError(
    error.message,
    'check that file, folder or device; if it is as it should be, please report this',
    undefined,
    { cause: error },
  );
}

/** Whether a call of the operating system has failed. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

/** What Node calls an error: `ENOENT`, `Z_DATA_ERROR`; undefined where it has no name. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function isOpenFilesError(error: unknown, limit: number | null): boolean {
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
  if (code === 'EMFILE' || code === 'ENFILE') return true;
  // Node takes a package.json that it can't open for one that isn't there.
  if (code === 'ERR_MODULE_NOT_FOUND' && limit !== null && limit < MIN_OPEN_FILES) return true;
  return isOpenFilesError(error.cause, limit);
}
