import type { InstallStep, Requirements, VersionProbe } from './gateway.js';
import type { InstallMethod } from './install-method.js';
import type { ServiceSpec } from './service.js';

/** What an installation needs to know of the gateway, or the tool, that it installs. */
export interface InstallSubject {
  name: string;
  version: string;
  /** The folder that holds the manifest, absolute. */
  folder: string;
  refuseVersions: Record<string, string>;
  install: InstallMethod[];
  versionProbe: VersionProbe;
  /** Of gateways alone, as all below. */
  requires?: Requirements;
  afterInstall?: InstallStep[];
  services?: Record<string, ServiceSpec>;
}
