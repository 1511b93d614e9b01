import { execa } from 'execa';
import { installedReceipt } from '../../install/receipt.js';
import { ExpectedError, InterruptedError } from '../../lib/errors.js';
import { PACKAGE_ROOT, packageVersion } from '../../lib/paths.js';
import type { Roots } from '../../lib/roots.js';
import { findGateway, readGateways } from '../../store/gateways.js';
import { buildGoPeer } from './go-build.js';
import type { Absent } from './result.js';
import type { UpstreamProgram } from './upstream.js';
import { goPeer, nginxPeer, nodeHttpPeer, ourMock } from './upstream-programs.js';

/** Its manifest's name. */
const NGINX = 'nginx';

/** Whatever can answer here, our mock first, and what can't. @param folder for what has to be built */
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

/** The one that `setup` installed as a gateway, else the system's. */
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
  const found = await installedReceipt(roots.installs, gateway);
  return found.valid ? [found.receipt.entry] : [];
}
