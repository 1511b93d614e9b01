import type { VersionProbe } from './gateway.js';
import type { InstallMethod } from './install-method.js';

/** What an installation needs to know of the gateway, or the tool, that it installs. */
export interface InstallSubject {
  name: string;
  version: string;
  /** The folder that holds the manifest, absolute. */
  folder: string;
  refuseVersions: Record<string, string>;
  install: InstallMethod[];
  versionProbe: VersionProbe;
}
