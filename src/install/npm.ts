import { access, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { runInstallCommand } from './install-command.js';
import type { Installer } from './installer.js';

/** `npm ci`: exactly the locked versions, each checked against the lock's sha512. */
export const npm: Installer<InstallMethodOf<'npm'>> = {
  async install({ project, program, scripts = [] }, context) {
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(context.gateway.folder, project, file), join(context.target, file));
    }
    const withScripts = packagesWithScripts(await readFile(join(context.target, 'package-lock.json'), 'utf8'));
    const without = scripts.filter((name) => !withScripts.has(name));
    if (without.length > 0) {
      throw new ExpectedError(
        `no package ${without.join(', ')} in ${project}/package-lock.json has an install script`,
        withScripts.size === 0
          ? 'delete "scripts" in the manifest: no package has any'
          : `name in "scripts" of the manifest what has: ${[...withScripts].join(', ')}`,
      );
    }
    const options = { cwd: context.target };
    // Without install scripts, nothing but the gateway runs on this machine.
    const command = ['npm', 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'] as const;
    await runInstallCommand(command, context, options);
    for (const name of scripts) {
      await runInstallCommand(['npm', 'rebuild', '--ignore-scripts=false', '--foreground-scripts', name], context, {
        ...options,
        hint: `see what the install script of ${name} needs`,
      });
    }
    const skipped = [...withScripts].filter((name) => !scripts.includes(name));
    if (skipped.length > 0) context.log(`install scripts that were not run: ${skipped.join(', ')}`);
    const entry = join(context.target, 'node_modules', program);
    await access(entry).catch(() => {
      throw new ExpectedError(`node_modules has no ${program}`, 'correct "program" in the manifest');
    });
    const ran = scripts.length === 0 ? '' : `; install scripts run: ${scripts.join(', ')}`;
    return { entry, pinnedBy: `package-lock.json sha512${ran}` };
  },
};

/** Names of the packages of a package-lock.json that have install scripts, as npm notes it there. */
function packagesWithScripts(lock: string): Set<string> {
  const { packages } = parsed(lock) as { packages?: unknown };
  const names = new Set<string>();
  for (const [path, entry] of Object.entries(typeof packages === 'object' && packages !== null ? packages : {})) {
    const { hasInstallScript, dev } = (entry ?? {}) as { hasInstallScript?: unknown; dev?: unknown };
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (hasInstallScript === true && dev !== true && path !== '') names.add(name);
  }
  return names;
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // npm says what is wrong with it.
    return {};
  }
}
