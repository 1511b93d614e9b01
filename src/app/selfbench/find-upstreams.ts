import { join } from 'node:path';
import { execa } from 'execa';
import { findInstallation } from '../../install/receipt.js';
import { ExpectedError, InterruptedError } from '../../lib/errors.js';
import { PACKAGE_ROOT, packageVersion } from '../../lib/paths.js';
import type { Roots } from '../../lib/roots.js';
import { findGateway, readGateways } from '../../store/gateways.js';
import type { UpstreamProgram } from './upstream.js';
import { goPeer, nginxPeer, nodeHttpPeer, ourMock, PEERS_FOLDER } from './upstream-programs.js';

/** An engine or upstream that can't take part, and what to do about it. */
export interface Absent {
  name: string;
  reason: string;
  hint: string;
}

/** Its manifest's name. */
const NGINX = 'nginx';
const INSTALL_GO = 'install Go from https://go.dev/dl';

/** The upstreams that can run on this machine, our mock first, and those that can't. @param folder for builds */
export async function findUpstreams(
  roots: Roots,
  folder: string,
  signal: AbortSignal,
): Promise<{ upstreams: UpstreamProgram[]; absent: Absent[] }> {
  const upstreams = [ourMock(packageVersion(PACKAGE_ROOT)), nodeHttpPeer()];
  const absent: Absent[] = [];
  const finders = [
    { name: 'the Go mock', find: () => buildGoPeer(folder, signal), make: goPeer },
    { name: NGINX, find: () => findNginx(roots), make: nginxPeer },
  ];
  for (const { name, find, make } of finders) {
    try {
      const { program, version } = await find();
      upstreams.push(make(program, version));
    } catch (error) {
      if (error instanceof InterruptedError || !(error instanceof ExpectedError)) throw error;
      absent.push({ name, reason: error.message, hint: error.hint ?? 'see the reason' });
    }
  }
  return { upstreams, absent };
}

/** The nginx that `setup` installed as a gateway, otherwise the system's. */
async function findNginx(roots: Roots): Promise<{ program: string; version: string }> {
  for (const program of [...(await installedNginx(roots)), NGINX, '/usr/sbin/nginx']) {
    const result = await execa(program, ['-v'], { reject: false, stdin: 'ignore' });
    const version = /nginx\/(\S+)/.exec(`${result.stdout}${result.stderr}`)?.[1];
    if (version !== undefined) return { program, version };
  }
  throw new ExpectedError('nginx is neither installed by setup nor in PATH', 'gatebench setup nginx');
}

async function installedNginx(roots: Roots): Promise<string[]> {
  const stored = await readGateways(roots.gateways);
  if (!stored.has(NGINX)) return [];
  const gateway = findGateway(stored, NGINX);
  if (gateway.kind !== 'process') return [];
  const found = await findInstallation(roots.installs, gateway);
  return found.valid ? [found.receipt.entry] : [];
}

/**
 * Build the Go peer of the mock.
 * @param folder where the program goes
 * @returns its path and Go's version
 * @throws ExpectedError where Go is missing or the build fails; the signal's reason where it aborts
 */
export async function buildGoPeer(folder: string, signal: AbortSignal): Promise<{ program: string; version: string }> {
  const version = /go version (\S+)/.exec(await runGo(['version'], signal))?.[1] ?? 'unknown version';
  const program = join(folder, 'go-mock');
  await runGo(['build', '-buildvcs=false', '-o', program, '.'], signal);
  return { program, version };
}

async function runGo(args: string[], signal: AbortSignal): Promise<string> {
  const result = await execa('go', args, {
    cwd: join(PEERS_FOLDER, 'go-mock'),
    // Go's own library is enough: no network, no C compiler, no other toolchain.
    env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off', GOPROXY: 'off' },
    cancelSignal: signal,
    reject: false,
    stdin: 'ignore',
  });
  if (signal.aborted) throw signal.reason instanceof InterruptedError ? signal.reason : new InterruptedError();
  if (result.code === 'ENOENT') throw new ExpectedError('there is no go in PATH', INSTALL_GO);
  if (result.failed) {
    const last = result.stderr.trim().split('\n').at(-1) || result.shortMessage;
    throw new ExpectedError(`go ${args[0]} failed: ${last}`, 'build test/peers/go-mock by hand to see more');
  }
  return result.stdout;
}
