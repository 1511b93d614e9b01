import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findInPath } from '../../src/lib/find-in-path.js';
import { commandLineOf } from '../../src/lib/listeners.js';
import { readProcessTable } from '../../src/lib/process-table.js';
import { waitUntil } from '../../src/lib/sleep.js';

/** Why no engine of our own can be started here; null where one can. */
export function engineMissing(): string | null {
  if (process.platform !== 'linux') return 'containers need Linux';
  if (process.getuid?.() !== 0) return 'dockerd needs root';
  const missing = ['dockerd', 'docker', 'ldd', 'tar'].filter((program) => findInPath(program) === null);
  return missing.length === 0 ? null : `${missing.join(', ')} not installed (apt-get install docker.io)`;
}

/** A real Docker engine in a folder of its own, which touches neither the network nor another engine's files. */
export class TestEngine {
  private constructor(
    readonly folder: string,
    private readonly daemon: ChildProcess,
  ) {}

  get environment(): Record<string, string> {
    return { DOCKER_HOST: `unix://${join(this.folder, 'socket')}` };
  }

  static async start(): Promise<TestEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'gatebench-dockerd-'));
    const log = openSync(join(folder, 'log'), 'a');
    const places = ['data-root', 'exec-root'].map((name) => `--${name}=${join(folder, name)}`);
    const quiet = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--storage-driver=vfs'];
    const ends = [`--pidfile=${join(folder, 'pid')}`, '-H', `unix://${join(folder, 'socket')}`];
    const daemon = spawn('dockerd', [...quiet, ...places, ...ends], { stdio: ['ignore', log, log] });
    const engine = new TestEngine(folder, daemon);
    if (await waitUntil(() => engine.docker(['version']).status === 0, 30_000)) return engine;
    const said = readFileSync(join(folder, 'log'), 'utf8').split('\n').slice(-5).join('\n');
    await engine.stop();
    throw new Error(`dockerd did not come up:\n${said}`);
  }

  docker(args: string[]) {
    return spawnSync('docker', args, { env: { ...process.env, ...this.environment }, encoding: 'utf8' });
  }

  /** As where the machine has no memory left for it; its containers live on. */
  kill(): void {
    this.daemon.kill('SIGKILL');
  }

  /** Names of every container, running or not. */
  containers(): string[] {
    return this.docker(['ps', '--all', '--format', '{{.Names}}']).stdout.split('\n').filter(Boolean);
  }

  /**
   * An image of this very Node with what it is linked against, and folders of this machine: no registry is needed.
   * @param folders path in the image to folder here
   * @returns its ID, `sha256:…`
   */
  importNodeImage(folders: Record<string, string> = {}): string {
    const root = join(this.folder, 'image');
    const program = process.execPath;
    const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
    for (const [to, from] of [
      [NODE_INSIDE, program],
      ...libraries.map((path) => [path, path]),
      ...Object.entries(folders),
    ]) {
      if (to === undefined || from === undefined || !existsSync(from)) continue;
      mkdirSync(dirname(join(root, to)), { recursive: true });
      cpSync(from, join(root, to), { recursive: true, dereference: true });
    }
    const tar = join(this.folder, 'image.tar');
    execFileSync('tar', ['--create', '--file', tar, '--directory', root, '.']);
    const { stdout, stderr } = this.docker(['import', tar]);
    rmSync(root, { recursive: true });
    rmSync(tar);
    const id = stdout.trim();
    if (!id.startsWith('sha256:')) throw new Error(`no image was made: ${stderr}`);
    return id;
  }

  async stop(): Promise<void> {
    for (const name of this.containers()) this.docker(['rm', '--force', name]);
    if (this.daemon.exitCode === null && this.daemon.signalCode === null) {
      const ended = new Promise((resolve) => this.daemon.once('exit', resolve));
      this.daemon.kill('SIGTERM');
      await ended;
    }
    // What supervises a container outlives an engine that was killed.
    for (const { pid } of readProcessTable()) {
      if (commandLineOf(pid)?.includes(this.folder)) process.kill(pid, 'SIGKILL');
    }
    // An engine leaves the mount that containers on the host's network made, and one that was killed leaves all of its.
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .flatMap((line) => line.split(' ')[1] ?? []);
    for (const mount of mounts.filter((path) => path.startsWith(`${this.folder}/`)).reverse()) {
      spawnSync('umount', [mount]);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Where the image has its Node. */
export const NODE_INSIDE = '/usr/bin/node';
