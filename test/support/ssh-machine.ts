import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findInPath } from '../../src/lib/find-in-path.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { type Cable, ownCable } from './network-cable.js';

const run = promisify(execFile);
const SSHD = '/usr/sbin/sshd';

/** Why no such machine can be had here; null where it can. */
export function noSshMachine(programs = ['ip', 'ssh', 'terraform']): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces take root';
  if (!existsSync(SSHD)) return "there is no sshd: install Debian's openssh-server";
  for (const program of programs) if (!findInPath(program)) return `there is no ${program}`;
  try {
    execFileSync('ip', ['netns', 'add', `gb-probe-${process.pid}`], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'del', `gb-probe-${process.pid}`], { stdio: 'ignore' });
    return null;
  } catch {
    return 'this system lets nobody make network namespaces';
  }
}

/**
 * A machine as far as the network goes: a namespace with a link of its own to this one, and a real sshd in it, with its
 * own configuration, host key and port.
 */
export interface SshMachine {
  folder: string;
  /** `$HOME` of whoever logs in. */
  home: string;
  address: string;
  /** Of this machine, on the link to it. */
  ourAddress: string;
  port: number;
  identity: string;
  /** Its public host key, `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** Cut the cable, and mend it. */
  setLink(up: boolean): Promise<void>;
  /** Have another host key from now on, as an impostor would. */
  changeHostKey(): Promise<void>;
  /** Start a program there, with no ssh between; it is the caller's to end. */
  start(words: string[]): ChildProcess;
  /** Processes of it, by name: `k6`, which is `k6-1.8.1-…` where it was sent. */
  pidsOf(name: string): Promise<number[]>;
  /** Kill the sshd processes of the connections that there are, not the one that listens. */
  dropConnections(): Promise<void>;
  remove(): Promise<void>;
}

/** @param cable a way to it other than one of its own */
export async function sshMachine(port: number, nth = 0, cable?: Cable): Promise<SshMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-ssh-'));
  const { namespace, address, ourAddress, set, remove } = cable ?? (await ownCable(nth));

  const keys = ['host_key', 'other_host_key', 'user_key'];
  for (const key of keys) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  await copyFile(join(folder, 'user_key.pub'), join(folder, 'authorized_keys'));
  await mkdir('/run/sshd', { recursive: true });
  // The file system is one for all machines, but each has a home of its own.
  const home = join(folder, 'home');
  await mkdir(home);
  const configuration = (hostKey: string) => `Port ${port}
ListenAddress ${address}
HostKey ${join(folder, hostKey)}
AuthorizedKeysFile ${join(folder, 'authorized_keys')} ${join(home, '.ssh', 'authorized_keys')}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv npm_config_offline=true HOME=${home}${installedElsewhere()}
`;
  const start = async (hostKey: string) => {
    await writeFile(join(folder, 'sshd_config'), configuration(hostKey));
    // nsenter becomes sshd, so that stopping it is stopping sshd. `ip netns exec` would give it mounts of its own too.
    const words = [`--net=/run/netns/${namespace}`, SSHD, '-D', '-e', '-f', join(folder, 'sshd_config')];
    const sshd = spawn('nsenter', words, { stdio: 'ignore' });
    const listens = async () =>
      (await run('ip', ['netns', 'exec', namespace, 'ss', '-ltn'])).stdout.includes(`:${port} `);
    if (!(await waitUntil(listens, 20_000))) throw new Error('sshd does not listen');
    return sshd;
  };
  let sshd = await start('host_key');
  const stop = async () => {
    sshd.kill('SIGTERM');
    await waitUntil(() => sshd.exitCode !== null || sshd.signalCode !== null, 20_000);
  };
  const pids = async () =>
    (await run('ip', ['netns', 'pids', namespace])).stdout.split('\n').filter(Boolean).map(Number);
  return {
    folder,
    home,
    address,
    ourAddress,
    port,
    identity: join(folder, 'user_key'),
    hostKey: (await readFile(join(folder, 'host_key.pub'), 'utf8')).split(' ').slice(0, 2).join(' '),
    setLink: set,
    changeHostKey: async () => {
      await stop();
      sshd = await start('other_host_key');
    },
    start: (words) => spawn('nsenter', [`--net=/run/netns/${namespace}`, ...words], { stdio: 'ignore' }),
    pidsOf: async (name) => {
      const found: number[] = [];
      for (const pid of await pids()) {
        const comm = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
        if (comm.trim() === name || comm.startsWith(`${name}-`)) found.push(pid);
      }
      return found;
    },
    dropConnections: async () => {
      for (const pid of await pids()) {
        const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
        if (name.startsWith('sshd') && pid !== sshd.pid) kill(pid);
      }
    },
    remove: async () => {
      await stop();
      for (const pid of await pids()) kill(pid);
      await remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Programs that were installed elsewhere than in the checkout are there for all machines. */
function installedElsewhere(): string {
  const names = ['GATEBENCH_TOOLS_DIR', 'GATEBENCH_INSTALL_DIR'];
  return names.map((name) => (process.env[name] === undefined ? '' : ` ${name}=${process.env[name]}`)).join('');
}

/** SIGKILL a process of our namespace, which may have ended by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
