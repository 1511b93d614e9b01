import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { readLinuxDistribution } from './host-system.js';
import { runInstallCommand } from './install-command.js';
import type { Installer } from './installer.js';

/** dpkg's own placeholders. */
const PACKAGE_AND_VERSION = `--showformat=\${Package} \${Version}`;

/** Debian packages, unpacked in the install folder: needs no root, starts no service, changes nothing on the system. */
export const debUnpack: Installer<InstallMethodOf<'deb-unpack'>> = {
  async install(method, context) {
    if (!((await readLinuxDistribution())?.debianLike ?? false)) {
      throw new ExpectedError('this is not Debian or Ubuntu', 'use another install method');
    }
    // Updating the system's own lists and cache would need root.
    const apt = join(context.target, '.apt');
    const debs = join(apt, 'debs');
    await mkdir(join(apt, 'lists', 'partial'), { recursive: true });
    await mkdir(join(apt, 'cache', 'archives', 'partial'), { recursive: true });
    await mkdir(debs);
    const options = ['-o', `Dir::State::Lists=${join(apt, 'lists')}`, '-o', `Dir::Cache=${join(apt, 'cache')}`];
    await runInstallCommand(['apt-get', ...options, 'update'], context);
    await runInstallCommand(['apt-get', ...options, 'download', ...method.packages], context, { cwd: debs });
    const versions: string[] = [];
    for (const deb of (await readdir(debs)).sort().map((name) => join(debs, name))) {
      await runInstallCommand(['dpkg-deb', '-x', deb, context.target], context);
      versions.push(await runInstallCommand(['dpkg-deb', '-W', PACKAGE_AND_VERSION, deb], context));
    }
    await rm(apt, { recursive: true });
    const entry = join(context.target, method.program);
    await access(entry).catch(() => {
      throw new ExpectedError(
        `${method.packages.join(', ')} has no ${method.program}`,
        'correct "program" in the manifest',
      );
    });
    return { entry, pinnedBy: `apt signature (${versions.join(', ')})` };
  },
};
