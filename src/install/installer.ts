import { InterruptedError } from '../lib/errors.js';
import type { InstallMethod } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';

/** What an installer gets beside its install method. */
export interface InstallContext {
  gateway: InstallSubject;
  /** Folder to install into, empty at the start: `.gateways/<name>/<version>/`, absolute. */
  target: string;
  /** Called with each line of progress, for the log file and a verbose user. */
  log(line: string): void;
  signal: AbortSignal;
}

/** The result of an installer. */
export interface Installed {
  /** Absolute path of the program. */
  entry: string;
  /** What pins it: "sha256 …", "package-lock.json sha512". */
  pinnedBy: string;
}

/** Installs by one {@link InstallMethod}. Throws an ExpectedError with cause and hint where it can't. */
export interface Installer<M extends InstallMethod = InstallMethod> {
  install(method: M, context: InstallContext): Promise<Installed>;
}

/** @throws InterruptedError where the user asked to stop: the signal's own, if it has one */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof InterruptedError ? signal.reason : new InterruptedError();
}
