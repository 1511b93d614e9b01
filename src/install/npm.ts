import { access, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { runInstallCommand } from './install-command.js';
import type { Installer } from './installer.js';

/** `npm ci`: exactly the locked versions, each checked against the lock's sha512. */
export const npm: Installer<InstallMethodOf<'npm'>> = {
  async install(method, context) {
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(context.gateway.folder, method.project, file), join(context.target, file));
    }
    // Without install scripts, nothing but the gateway runs on this machine.
    const command = ['npm', 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'] as const;
    await runInstallCommand(command, context, { cwd: context.target });
    const entry = join(context.target, 'node_modules', method.program);
    await access(entry).catch(() => {
      throw new ExpectedError(`node_modules has no ${method.program}`, 'correct "program" in the manifest');
    });
    return { entry, pinnedBy: 'package-lock.json sha512' };
  },
};
