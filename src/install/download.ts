import { access, chmod, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { fetchFile } from './fetch-file.js';
import { hostPlatform } from './host-system.js';
import { runInstallCommand } from './install-command.js';
import type { Installer } from './installer.js';

/** A release file with a known checksum. */
export const download: Installer<InstallMethodOf<'download'>> = {
  async install(method, context) {
    const { os, arch } = hostPlatform();
    const sha256 = method.sha256[`${os}-${arch}`];
    if (sha256 === undefined) {
      throw new ExpectedError(
        `no checksum is known for ${os}-${arch}, only for ${Object.keys(method.sha256).join(', ')}`,
        'use another platform or another install method',
      );
    }
    const url = fillTemplate(method.url, { version: context.gateway.version, os, arch });
    const program = fillTemplate(method.program, { version: context.gateway.version, os, arch });
    const entry = join(context.target, program);
    if (method.archive === 'none') {
      await mkdir(dirname(entry), { recursive: true });
      await fetchFile(url, sha256, entry, context);
    } else {
      const archive = join(context.target, basename(new URL(url).pathname));
      await fetchFile(url, sha256, archive, context);
      await runInstallCommand(['tar', '-xzf', archive, '-C', context.target], context);
      await rm(archive);
    }
    await access(entry).catch(() => {
      throw new ExpectedError(`${url} does not contain ${program}`, 'correct "program" in the manifest');
    });
    await chmod(entry, 0o755);
    return { entry, pinnedBy: `sha256 ${sha256}` };
  },
};
