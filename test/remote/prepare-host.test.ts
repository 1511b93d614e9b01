import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

const SCRIPT = join(PACKAGE_ROOT, 'remote-programs', 'prepare-host.sh');

/** Why the script can't run where it installs nothing; null where it can. */
function noSandbox(): string | null {
  if (process.getuid?.() !== 0) return 'mount namespaces take root';
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return process.arch === 'x64' ? null : 'the script is for x86-64';
  } catch {
    return 'this system lets nobody make mount namespaces';
  }
}

const missing = noSandbox();
if (missing) process.stderr.write(`SKIPPED: prepare-host.sh: ${missing}\n`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-prepare-'));
  await mkdir(join(folder, 'bin'));
  // In place of Debian's and the makers' servers. apt is busy with itself at first, as on a machine that has just started.
  await program(
    'apt-get',
    `echo "$*" >>calls
     case $* in *update*) [ "$(grep -c update calls)" -gt 2 ] || { echo 'E: Could not get lock' >&2; exit 100; } ;; esac`,
  );
  await program('curl', 'echo "curl $*" >>calls; for url; do :; done; echo tampered >"$(basename "$url")"');
  await program('tar', 'echo "tar $*" >>calls');
  await program('sleep', ':');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<void> {
  const path = join(folder, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${script.replaceAll('calls', join(folder, 'calls'))}\n`);
  await chmod(path, 0o755);
}

/** Run it where /usr/local and the limits are of its own, and empty. */
async function prepare(role: string): Promise<{ status: number | null; stderr: string; calls: string[] }> {
  await rm(join(folder, 'calls'), { force: true });
  const inside =
    'mount -t tmpfs none /usr/local && mount -t tmpfs none /etc/security && mkdir /etc/security/limits.d /usr/local/bin && exec sh "$0" "$1"';
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', inside, SCRIPT, role], {
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin:/usr/sbin:/sbin` },
    encoding: 'utf8',
  });
  const calls = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
  return { status, stderr, calls: calls.split('\n').filter(Boolean) };
}

describe.skipIf(missing !== null)('a machine that is being prepared', () => {
  it('waits for apt’s locks, and unpacks no archive with another checksum', async () => {
    const { status, stderr, calls } = await prepare('upstream');
    expect(calls.filter((call) => call.includes('update'))).toHaveLength(3);
    expect(calls.filter((call) => /-o DPkg::Lock::Timeout=\d+ .*install/.test(call))).toHaveLength(1);
    expect(calls.filter((call) => call.startsWith('curl'))).toHaveLength(1);
    expect(stderr).toMatch(/computed checksum did NOT match/);
    expect(status).not.toBe(0);
    expect(calls.filter((call) => call.startsWith('tar'))).toEqual([]);
  });

  it('needs nothing from outside for load', async () => {
    expect(await prepare('load-1')).toMatchObject({ status: 0, calls: [] });
    expect(await prepare('database')).toMatchObject({ status: 64, calls: [] });
  });

  it('is given every checksum by the script itself', async () => {
    const script = await readFile(SCRIPT, 'utf8');
    expect(script).not.toMatch(/SHASUMS/);
    expect(script.match(/sha256sum -c/g)).toHaveLength(script.match(/curl -fsSLO/g)?.length ?? 0);
    expect(script.match(/^\w+_SHA256_\w+=[0-9a-f]{64}$/gm)).toHaveLength(2);
  });
});
