import type { InstallMethod, InstallMethodOf } from '../model/install-method.js';
import { apt } from './apt.js';
import { cargo } from './cargo.js';
import { debUnpack } from './deb-unpack.js';
import { download } from './download.js';
import { existing } from './existing.js';
import { goModule } from './go-module.js';
import type { InstallContext, Installed, Installer } from './installer.js';
import { npm } from './npm.js';
import { pip } from './pip.js';

/** One installer for each method; leaving one out doesn't compile. */
const INSTALLERS: { [M in InstallMethod['method']]: Installer<InstallMethodOf<M>> } = {
  download,
  go: goModule,
  cargo,
  npm,
  pip,
  'deb-unpack': debUnpack,
  apt,
  existing,
};

/** Install with the method's installer. */
export function installWith<M extends InstallMethod['method']>(
  method: InstallMethodOf<M> & { method: M },
  context: InstallContext,
): Promise<Installed> {
  const installer: Installer<InstallMethodOf<M>> = INSTALLERS[method.method];
  return installer.install(method, context);
}
