import { fillTemplate } from '../lib/placeholders.js';
import { runInstallCommand } from './install-command.js';
import type { InstallContext, Installed } from './installer.js';

/**
 * Run the steps of a manifest's `afterInstall`, such as one that generates code, in the install folder.
 * @throws ExpectedError where one fails
 */
export async function runAfterInstall({ entry }: Installed, context: InstallContext): Promise<void> {
  const { gateway, target } = context;
  const values = { entry, install: target, folder: gateway.folder, version: gateway.version };
  for (const step of gateway.afterInstall ?? []) {
    const [program = '', ...args] = step.command.map((text) => fillTemplate(text, values));
    const environment = Object.fromEntries(
      Object.entries(step.environment).map(([key, text]) => [key, fillTemplate(text, values)]),
    );
    await runInstallCommand([program, ...args], context, {
      cwd: target,
      environment,
      hint: 'correct "afterInstall" in the manifest, or install what it needs',
    });
  }
}
