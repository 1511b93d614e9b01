import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../../src/lib/child.js';
import { findInPath } from '../../src/lib/find-in-path.js';
import { cleanEnvironment } from '../../src/lib/process-environment.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { type TemporaryFolder, temporaryFolder } from '../../src/lib/temporary-folder.js';
import { freePort } from './free-port.js';

const PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl'];
const TOKEN = 'test-token';
const SERVICE_ACCOUNTS = 'https://kubernetes.default.svc';

/** Why no API server can be started here; null where one can. */
export function apiServerMissing(): string | null {
  const missing = PROGRAMS.filter((program) => findInPath(program) === null);
  return missing.length === 0 ? null : `${missing.join(', ')} not installed`;
}

/** A real kube-apiserver with an etcd, on the loopback interface: nothing that it stores is ever run. */
export class TestApiServer {
  private constructor(
    private readonly folder: TemporaryFolder,
    private readonly children: Child[],
  ) {}

  static async start(): Promise<TestApiServer> {
    const server = new TestApiServer(await temporaryFolder(), []);
    try {
      const [etcd, peers, port] = [await freePort(), await freePort(), await freePort()];
      await server.startEtcd(`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${peers}`);
      await server.startApiServer(`http://127.0.0.1:${etcd}`, port);
      const isReady = () => server.kubectl(['get', '--raw', '/readyz']).status === 0;
      const isOver = () => server.children.some((child) => child.exit() !== null);
      await waitUntil(() => isReady() || isOver(), 90_000, undefined, 250);
      if (isReady()) return server;
      const said = await Promise.all(server.children.map((child) => child.logTail(5)));
      throw new Error(`kube-apiserver did not come up:\n${said.flat().join('\n')}`);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Nobody's own settings or clusters are looked at. */
  kubectl(args: string[], input = ''): SpawnSyncReturns<string> {
    const own = ['--kubeconfig', this.path('kubeconfig'), '--cache-dir', this.path('cache')];
    const env = cleanEnvironment(this.folder.path, {});
    return spawnSync('kubectl', [...own, ...args], { env, input, encoding: 'utf8', maxBuffer: 2 ** 26 });
  }

  /** @returns an object as the server has stored it */
  stored(kind: string, name: string) {
    const { stdout, stderr } = this.kubectl(['get', kind, name, '--output', 'json']);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  }

  async stop(): Promise<void> {
    for (const child of this.children.reverse()) await child.stop({ signal: 'SIGTERM', graceMs: 1_000 });
    await this.folder.remove();
  }

  private startEtcd(clients: string, peers: string): Promise<void> {
    return this.startProgram('etcd', [
      ...['--data-dir', this.path('etcd'), '--unsafe-no-fsync'],
      ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
      ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
      ...['--initial-cluster', `default=${peers}`],
    ]);
  }

  private startApiServer(etcd: string, port: number): Promise<void> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = this.write('service-accounts.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const tokens = this.write('tokens.csv', `${TOKEN},test,test,system:masters\n`);
    const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': this.path('apiserver.crt') };
    this.write(
      'kubeconfig',
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
        clusters: [{ name: 'test', cluster }],
        users: [{ name: 'test', user: { token: TOKEN } }],
        contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      }),
    );
    return this.startProgram('kube-apiserver', [
      ...['--etcd-servers', etcd, '--bind-address', '127.0.0.1', '--secure-port', String(port)],
      ...['--advertise-address', '127.0.0.1', '--endpoint-reconciler-type', 'none'],
      ...['--cert-dir', this.folder.path, '--token-auth-file', tokens, '--authorization-mode', 'AlwaysAllow'],
      ...['--service-account-issuer', SERVICE_ACCOUNTS, '--service-account-key-file', key],
      ...['--service-account-signing-key-file', key, '--service-cluster-ip-range', '10.0.0.0/24'],
    ]);
  }

  private async startProgram(command: string, args: string[]): Promise<void> {
    const logFile = this.path(`${command}.log`);
    const environment = cleanEnvironment(this.folder.path, {});
    this.children.push(await startChild({ command, args, cwd: this.folder.path, environment, logFile }));
  }

  private path(name: string): string {
    return join(this.folder.path, name);
  }

  /** @returns the file's path */
  private write(name: string, text: string): string {
    writeFileSync(this.path(name), text, { mode: 0o600 });
    return this.path(name);
  }
}
