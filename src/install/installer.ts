import type { InstallMethod } from '../model/install-method.js';
import type { InstallSubject } from '../model/install-subject.js';

/** What a way needs to know. */
export interface InstallContext {
  gateway: InstallSubject;
  /** Folder to install into, empty at the start: `.gateways/<name>/<version>/`, absolute. */
  target: string;
  /** Told what is going on, a line at a time, for the log file and a verbose user. */
  log(line: string): void;
  signal: AbortSignal;
}

/** What a way leaves behind. */
export interface Installed {
  /** Absolute path of the program. */
  entry: string;
  /** What pins it: "sha256 …", "package-lock.json sha512". */
  pinnedBy: string;
}

/** One kind of {@link InstallMethod}. Throws an Expected error, with cause and next step, where it can't install. */
export interface Installer<W extends InstallMethod = InstallMethod> {
  install(method: W, context: InstallContext): Promise<Installed>;
}
