import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ExpectedError } from '../../lib/errors.js';
import type { InstallWayOf } from '../../model/install-way.js';
import { hostPlatform, installSystemPackages } from './host-system.js';
import { runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installer } from './installer.js';

const INSTALL_GO = 'install Go from https://go.dev/dl, or use another way to install this gateway';

/** `go install module/package@version`: no copy of the source, and Go stamps the module's version into the program. */
export const goModule: Installer<InstallWayOf<'go'>> = {
  async install(way, context) {
    const go = (args: string[], environment: Record<string, string> = {}) =>
      runInstallCommand(['go', ...args], context, { cwd: context.target, environment, nextStep: nextStepFor(way) });
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
    const overlay = await overlayFlags(way, module.dir, context);
    await go(['install', ...overlay, '-ldflags', way.ldflags, `${packagePath(way)}@${way.version}`], {
      GOBIN: bin,
      CGO_ENABLED: way.cgo ? '1' : '0',
      // Go's index of a downloaded module doesn't see what an overlay adds to it.
      ...(overlay.length === 0 ? {} : { GODEBUG: 'goindex=0' }),
    });
    const suffix = hostPlatform().os === 'win32' ? '.exe' : '';
    return { entry: join(bin, programName(way) + suffix), pinnedBy: `go.sum ${module.sum}` };
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

async function overlayFlags(way: InstallWayOf<'go'>, moduleFolder: string, context: InstallContext): Promise<string[]> {
  const files = Object.entries(way.overlay);
  if (files.length === 0) return [];
  const replace = files.map(([to, from]) => [join(moduleFolder, to), join(context.gateway.folder, from)]);
  const file = join(context.target, 'overlay.json');
  await writeFile(file, JSON.stringify({ Replace: Object.fromEntries(replace) }, null, 2));
  return ['-overlay', file];
}

async function ensureCompiler(context: InstallContext): Promise<void> {
  const compiler = process.env.CC?.split(' ')[0] || 'gcc';
  const { failure } = await tryInstallCommand([compiler, '--version'], context);
  if (failure !== undefined) await installSystemPackages('a C compiler', ['gcc', 'libc6-dev'], context);
}
