import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import type { InstallWayOf } from '../../model/install-way.js';
import { installSystemPackages } from './host-system.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installer } from './installer.js';

const INSTALL_GO = 'install Go from https://go.dev/dl, or use another way to install this gateway';

/**
 * `go install module/package@version`, which stamps the module's version into the program. A module that needs files
 * which it doesn't have is built from a copy of the downloaded module instead: Go allows no overlay on its own cache.
 */
export const goModule: Installer<InstallWayOf<'go'>> = {
  async install(way, context) {
    await runInstallCommand(['go', 'version'], context, { nextStep: INSTALL_GO });
    const module = await downloadModule(way, context);
    if (way.sum !== undefined && module.sum !== way.sum) {
      throw new ExpectedError(
        `${way.module}@${way.version} has the sum ${module.sum}, not ${way.sum}`,
        'do not use that module: it is not the one that was pinned',
      );
    }
    if (way.cgo) await ensureCompiler(context);
    const bin = join(context.target, 'bin');
    await mkdir(bin, { recursive: true });
    const environment = { GOBIN: bin, CGO_ENABLED: way.cgo ? '1' : '0', GOWORK: 'off' };
    const options = { environment, nextStep: nextStepFor(way) };
    const flags = ['-ldflags', way.ldflags];
    if (Object.keys(way.overlay).length === 0) {
      const target = `${packagePath(way)}@${way.version}`;
      await runInstallCommand(['go', 'install', ...flags, target], context, { ...options, cwd: context.target });
    } else {
      const source = await copyWithOverlay(way, module.dir, context);
      // Not the version of the repository that the install folder happens to be in.
      const command = ['go', 'install', '-buildvcs=false', ...flags, packagePath(way)] as const;
      await runInstallCommand(command, context, { ...options, cwd: source });
      await rm(source, { recursive: true });
    }
    return { entry: join(bin, programName(way)), pinnedBy: `go.sum ${module.sum}` };
  },
};

function packagePath(way: InstallWayOf<'go'>): string {
  const below = way.package.replace(/^\.\/?/, '');
  return below === '' ? way.module : `${way.module}/${below}`;
}

/** Go names a program after its folder, or after the one above a folder such as `v2`. */
function programName(way: InstallWayOf<'go'>): string {
  return basename(packagePath(way).replace(/\/v\d+$/, ''));
}

function nextStepFor(way: InstallWayOf<'go'>): string {
  return `check that Go can get the module here: go mod download ${way.module}@${way.version}`;
}

/** Go checks it against the checksum database, unless the user's own configuration says otherwise. */
async function downloadModule(way: InstallWayOf<'go'>, context: InstallContext): Promise<{ dir: string; sum: string }> {
  const command = ['go', 'mod', 'download', '-json', `${way.module}@${way.version}`] as const;
  const { output, failure } = await tryInstallCommand(command, context, { cwd: context.target });
  const { Dir, Sum, Error: why } = parseJson(output);
  if (typeof Dir === 'string' && typeof Sum === 'string') return { dir: Dir, sum: Sum };
  throw new ExpectedError(typeof why === 'string' ? why : (failure?.message ?? output), nextStepFor(way));
}

/** Go may say more around it, such as that it downloads a toolchain. */
function parseJson(output: string): { Dir?: unknown; Sum?: unknown; Error?: unknown } {
  try {
    return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
  } catch {
    return {};
  }
}

async function copyWithOverlay(
  way: InstallWayOf<'go'>,
  moduleFolder: string,
  context: InstallContext,
): Promise<string> {
  const source = join(context.target, 'source');
  await cp(moduleFolder, source, { recursive: true });
  // Go keeps its cache read-only.
  await runInstallCommand(['chmod', '-R', 'u+w', source], context);
  for (const [to, from] of Object.entries(way.overlay)) {
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
