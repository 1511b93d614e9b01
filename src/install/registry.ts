import type { InstallMethod, InstallMethodOf } from '../model/install-method.js';
import { apt } from './apt.js';
import { debUnpack } from './deb-unpack.js';
import { download } from './download.js';
import { existing } from './existing.js';
import { goModule } from './go-module.js';
import type { InstallContext, Installed, Installer } from './installer.js';
import { npm } from './npm.js';
import { pip } from './pip.js';

/** An installer for every way: a way without one doesn't compile. */
const INSTALLERS: { [W in InstallMethod['method']]: Installer<InstallMethodOf<W>> } = {
  download,
  go: goModule,
  npm,
  pip,
  'deb-unpack': debUnpack,
  apt,
  existing,
};

/** Install by the way's own installer. */
export function installBy<W extends InstallMethod['method']>(
  method: InstallMethodOf<W> & { method: W },
  context: InstallContext,
): Promise<Installed> {
  const installer: Installer<InstallMethodOf<W>> = INSTALLERS[method.method];
  return installer.install(method, context);
}
