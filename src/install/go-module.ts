import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { installSystemPackages } from './host-system.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installer } from './installer.js';

const INSTALL_GO = 'install Go from https://go.dev/dl, or use another install method';

/**
 * `go install module/package@version`, which stamps the module's version into the program. A module that lacks files is
 * built from a copy of the downloaded module instead: Go allows no overlay on its own cache.
 */
export const goModule: Installer<InstallMethodOf<'go'>> = {
  async install(method, context) {
    await runInstallCommand(['go', 'version'], context, { hint: INSTALL_GO });
    const module = await downloadModule(method, context);
    if (method.sum !== undefined && module.sum !== method.sum) {
      throw new ExpectedError(
        `${method.module}@${method.version} has the sum ${module.sum}, not ${method.sum}`,
        'do not use that module: it is not the pinned one',
      );
    }
    if (method.cgo) await ensureCompiler(context);
    const bin = join(context.target, 'bin');
    await mkdir(bin, { recursive: true });
    const environment = { GOBIN: bin, CGO_ENABLED: method.cgo ? '1' : '0', GOWORK: 'off' };
    const options = { environment, hint: hintFor(method) };
    const flags = ['-ldflags', method.ldflags];
    if (Object.keys(method.overlay).length === 0) {
      const target = `${packagePath(method)}@${method.version}`;
      await runInstallCommand(['go', 'install', ...flags, target], context, { ...options, cwd: context.target });
    } else {
      const source = await copyWithOverlay(method, module.dir, context);
      // Otherwise Go stamps the version of the repository that the install folder is in.
      const command = ['go', 'install', '-buildvcs=false', ...flags, packagePath(method)] as const;
      await runInstallCommand(command, context, { ...options, cwd: source });
      await rm(source, { recursive: true });
    }
    return { entry: join(bin, programName(method)), pinnedBy: `go.sum ${module.sum}` };
  },
};

function packagePath(method: InstallMethodOf<'go'>): string {
  const below = method.package.replace(/^\.\/?/, '');
  return below === '' ? method.module : `${method.module}/${below}`;
}

/** Go names a program after its folder, or after the folder above one such as `v2`. */
function programName(method: InstallMethodOf<'go'>): string {
  return basename(packagePath(method).replace(/\/v\d+$/, ''));
}

function hintFor(method: InstallMethodOf<'go'>): string {
  return `check that Go can download the module: go mod download ${method.module}@${method.version}`;
}

/** Go checks the module against the checksum database, unless the user's configuration disables that. */
async function downloadModule(
  method: InstallMethodOf<'go'>,
  context: InstallContext,
): Promise<{ dir: string; sum: string }> {
  const command = ['go', 'mod', 'download', '-json', `${method.module}@${method.version}`] as const;
  const { output, failure } = await tryInstallCommand(command, context, { cwd: context.target });
  const { Dir, Sum, Error: why } = parseJson(output);
  if (typeof Dir === 'string' && typeof Sum === 'string') return { dir: Dir, sum: Sum };
  throw new ExpectedError(typeof why === 'string' ? why : (failure?.message ?? output), hintFor(method));
}

/** Go may print more around the JSON, such as that it downloads a toolchain. */
function parseJson(output: string): { Dir?: unknown; Sum?: unknown; Error?: unknown } {
  try {
    return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
  } catch {
    return {};
  }
}

async function copyWithOverlay(
  method: InstallMethodOf<'go'>,
  moduleFolder: string,
  context: InstallContext,
): Promise<string> {
  const source = join(context.target, 'source');
  await cp(moduleFolder, source, { recursive: true });
  // Go's cache is read-only.
  await runInstallCommand(['chmod', '-R', 'u+w', source], context);
  for (const [to, from] of Object.entries(method.overlay)) {
    await mkdir(dirname(join(source, to)), { recursive: true });
    await copyFile(join(context.gateway.folder, from), join(source, to));
  }
  return source;
}

async function ensureCompiler(context: InstallContext): Promise<void> {
  const compiler = process.env.CC?.split(' ')[0] || 'gcc';
  const { failure } = await tryInstallCommand([compiler, '--version'], context);
  if (failure !== undefined) await installSystemPackages('a C compiler', ['gcc', 'libc6-dev'], context);
}
