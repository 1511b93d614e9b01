import type { InstallWay, InstallWayOf } from '../../model/install-way.js';
import { apt } from './apt.js';
import { debUnpack } from './deb-unpack.js';
import { download } from './download.js';
import { existing } from './existing.js';
import { goModule } from './go-module.js';
import type { InstallContext, Installed, Installer } from './installer.js';
import { npm } from './npm.js';
import { pip } from './pip.js';

/** An installer for every way: a way without one doesn't compile. */
const INSTALLERS: { [W in InstallWay['way']]: Installer<InstallWayOf<W>> } = {
  download,
  go: goModule,
  npm,
  pip,
  'deb-unpack': debUnpack,
  apt,
  existing,
};

/** Install by the way's own installer. */
export function installBy<W extends InstallWay['way']>(
  way: InstallWayOf<W> & { way: W },
  context: InstallContext,
): Promise<Installed> {
  const installer: Installer<InstallWayOf<W>> = INSTALLERS[way.way];
  return installer.install(way, context);
}
