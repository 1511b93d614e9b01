import type { InstallSubject } from '../../model/install-subject.js';
import type { InstallWay } from '../../model/install-way.js';

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

/** One kind of {@link InstallWay}. Throws an Expected error, with cause and next step, where it can't install. */
export interface Installer<W extends InstallWay = InstallWay> {
  install(way: W, context: InstallContext): Promise<Installed>;
}
