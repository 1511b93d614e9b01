import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { forget, remember } from '../lib/child-registry.js';
import { ExpectedError } from '../lib/errors.js';
import { sleep } from '../lib/sleep.js';
import type { CloudHost } from '../model/cloud.js';
import { CONNECTION_LOST, type RemoteCommand, type RemoteResult, type RemoteShell } from './remote-shell.js';
import { shellCommand } from './shell-quote.js';
import { ConnectionError, fullDiskHint, lastLine, sshFailureOf } from './ssh-failure.js';

/** Where an environment's keys are, and how its hosts are reached. */
export interface SshContext {
  /** `.cloud/<name>`: ssh runs there, so that no path of it has to be escaped. */
  folder: string;
  environment: string;
  /** A file of the user's; null where ssh knows its own. */
  identityFile: string | null;
  /** Whether `id_ed25519` in the folder is the key, made for this environment alone. */
  ownKey: boolean;
  /** Run every command as root, through sudo where the user is another. */
  asRoot: boolean;
}

export interface RemoteOptions {
  input?: string;
  /** As the user who logs in, even where other commands run as root. */
  asLogin?: boolean;
  signal?: AbortSignal;
}

const KNOWN_HOSTS = 'known_hosts';

/**
 * What a user's ssh_config must not change: who the host is believed to be, and that nothing but the command goes over
 * the connection. How to get there (ProxyJump, HostName, keys) stays the user's.
 */
const OWN_CONNECTION = [
  // A shared connection was authenticated by somebody else, against another list of known hosts.
  'ControlMaster=no',
  'ControlPath=none',
  // Each accepts keys that are not in our known_hosts.
  'KnownHostsCommand=none',
  'VerifyHostKeyDNS=no',
  'NoHostAuthenticationForLocalhost=no',
  // The host gets no way back to this machine, nor the user's keys.
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'Tunnel=no',
  // Otherwise ssh runs these programs beside or instead of ours.
  'PermitLocalCommand=no',
  'RemoteCommand=none',
];
export const OWN_KEY = 'id_ed25519';

/** One host, reached with ssh. The key that it shows first is pinned. */
export class SshHost implements RemoteShell {
  readonly #context: SshContext;
  readonly #alias: string;
  readonly #prefix: string[];

  constructor(
    readonly role: string,
    readonly host: CloudHost,
    context: SshContext,
  ) {
    this.#context = context;
    this.#alias = hostAlias(context.environment, role);
    // Nobody is there to type a password.
    this.#prefix = context.asRoot && host.sshUser !== 'root' ? ['sudo', '-n', '--'] : [];
  }

  /** For people: `me@192.0.2.7:2222`. */
  get label(): string {
    const { sshUser, address, sshPort } = this.host;
    return `${sshUser}@${address}${sshPort === 22 ? '' : `:${sshPort}`}`;
  }

  /** Pin the host's key where it is known before the first connection. */
  async pin(): Promise<void> {
    if (this.host.hostKey === null || (await this.isPinned())) return;
    await appendFile(this.#knownHosts, `${this.#alias} ${this.host.hostKey}\n`, { mode: 0o600 });
  }

  /** `256 SHA256:… (ED25519)` of the pinned key; null where there is none yet. */
  async fingerprint(): Promise<string | null> {
    if (!existsSync(this.#knownHosts)) return null;
    const result = await execa('ssh-keygen', ['-l', '-F', this.#alias, '-f', KNOWN_HOSTS], {
      cwd: this.#context.folder,
      reject: false,
      stdin: 'ignore',
    });
    return /SHA256:\S+/.exec(result.stdout)?.[0] ?? null;
  }

  /**
   * Run a command on the host, every word quoted.
   * @returns its output, whatever its exit code
   * @throws ExpectedError where the host can't be reached, or isn't the one that was pinned
   */
  async run(words: readonly string[], { input, signal, asLogin }: RemoteOptions = {}): Promise<RemoteResult> {
    const child = await this.#spawn(asLogin ? words : [...this.#prefix, ...words], signal);
    const stdout: Uint8Array[] = [];
    child.stdout.on('data', (chunk: Uint8Array) => stdout.push(chunk));
    child.stdin.end(input ?? '');
    const { exitCode, stderr } = await child.ended();
    if (exitCode === CONNECTION_LOST) throw this.connectionError(stderr);
    return { exitCode, stdout: Buffer.concat(stdout).toString('utf8'), stderr };
  }

  /** {@link run}, and a failing command is an error too. @param what for the message: "unpack the project" */
  async mustRun(what: string, words: readonly string[], options: RemoteOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(words, options);
    if (exitCode === 0) return stdout;
    throw new ExpectedError(
      `${this.label}: could not ${what} (exit code ${exitCode}): ${lastLine(stderr)}`,
      fullDiskHint(stderr),
    );
  }

  /** @param signal ends ssh */
  start(words: readonly string[], signal?: AbortSignal): Promise<RemoteCommand> {
    return this.#spawn([...this.#prefix, ...words], signal);
  }

  async #spawn(words: readonly string[], signal?: AbortSignal): Promise<RemoteCommand> {
    const child = execa('ssh', [...(await this.#options()), shellCommand(words)], {
      cwd: this.#context.folder,
      reject: false,
      // In a session of its own: a terminal's Ctrl-C is ours to answer, not ssh's.
      detached: true,
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: { stdout: false, stderr: true },
      ...(signal ? { cancelSignal: signal } : {}),
    });
    const { pid } = child;
    if (pid !== undefined) remember(pid);
    // ssh's exit code says that a host hung up; the broken pipe adds nothing.
    child.stdin.on('error', () => {});
    const ended = async () => {
      const { exitCode, stderr, originalMessage } = await child;
      if (pid === undefined) {
        throw new ExpectedError(`ssh could not be started: ${originalMessage}`, "install OpenSSH's client");
      }
      forget(pid);
      if (signal?.aborted) throw signal.reason;
      return { exitCode: exitCode ?? CONNECTION_LOST, stderr: stderr ?? '' };
    };
    return { stdin: child.stdin, stdout: child.stdout, ended };
  }

  connectionError(stderr: string): ConnectionError {
    const failure = sshFailureOf(stderr);
    const why = lastLine(stderr);
    switch (failure) {
      case 'host-key':
        return new ConnectionError(
          failure,
          `${this.label} shows another host key than the one that is pinned for ${this.role}: nothing was sent to it`,
          `if the host was reinstalled, remove the line ${this.#alias} from ${this.#knownHosts} (or correct host_key); otherwise the connection may be intercepted`,
        );
      case 'denied':
        return new ConnectionError(
          failure,
          `${this.label}: SSH authentication failed: ${why}`,
          this.#context.ownKey
            ? 'the key made for this environment was not accepted: check the machine’s SSH service in its console'
            : 'add your key there (ssh-copy-id), or name the right one with --identity',
        );
      case 'unreachable':
        return new ConnectionError(
          failure,
          `${this.label} can't be reached: ${why}`,
          'check that it runs and that its firewall lets your address in; what runs there continues',
        );
    }
  }

  get #knownHosts(): string {
    return join(this.#context.folder, KNOWN_HOSTS);
  }

  async isPinned(): Promise<boolean> {
    return (await this.pinnedKeys()).length > 0;
  }

  /** Its keys as they are pinned, `ssh-ed25519 AAAA…`. */
  async pinnedKeys(): Promise<string[]> {
    const text = await readFile(this.#knownHosts, 'utf8').catch(() => '');
    const mark = `${this.#alias} `;
    return text.split('\n').flatMap((line) => (line.startsWith(mark) ? [line.slice(mark.length)] : []));
  }

  async #options(): Promise<string[]> {
    const { identityFile, ownKey } = this.#context;
    const set = (option: string) => ['-o', option];
    return [
      // The environment's own key needs no user configuration; the user's hosts may need all of it.
      ...(ownKey ? ['-F', 'none', '-i', OWN_KEY, ...set('IdentitiesOnly=yes')] : []),
      ...(identityFile === null ? [] : ['-i', identityFile.replaceAll('%', '%%'), ...set('IdentitiesOnly=yes')]),
      ...set('BatchMode=yes'),
      ...OWN_CONNECTION.flatMap(set),
      ...set(`StrictHostKeyChecking=${(await this.isPinned()) ? 'yes' : 'accept-new'}`),
      ...set(`UserKnownHostsFile=${KNOWN_HOSTS}`),
      ...set('GlobalKnownHostsFile=/dev/null'),
      ...set(`HostKeyAlias=${this.#alias}`),
      ...set('HashKnownHosts=no'),
      ...set('UpdateHostKeys=no'),
      ...set('CheckHostIP=no'),
      ...set('ConnectTimeout=10'),
      // A cut is noticed within ten seconds.
      ...set('ServerAliveInterval=3'),
      ...set('ServerAliveCountMax=3'),
      '-T',
      '-p',
      String(this.host.sshPort),
      '-l',
      this.host.sshUser,
      '--',
      this.host.address,
    ];
  }
}

/**
 * What a host is called in `known_hosts`. Addresses are handed out again by clouds: a key belongs to one host of one
 * environment, not to an address.
 */
export function hostAlias(environment: string, role: string): string {
  return `gatebench-${environment}-${role}`;
}

/**
 * Wait until a host can be logged in to. Its key is pinned by then.
 * @param options.fresh the machine is only just starting: authentication may still fail for a while
 * @throws ConnectionError where the time runs out; at once where the host's key is not the pinned one
 */
export async function waitForSsh(
  host: SshHost,
  options: { timeoutS: number; fresh: boolean; signal: AbortSignal },
): Promise<void> {
  await host.pin();
  const end = performance.now() + options.timeoutS * 1000;
  for (;;) {
    try {
      await host.mustRun('run a command', ['true'], { signal: options.signal });
      return;
    } catch (error) {
      // A fresh machine accepts the key, and then sudo, a little after it answers.
      const mayPass =
        error instanceof ConnectionError
          ? error.failure === 'unreachable' || (error.failure === 'denied' && options.fresh)
          : options.fresh && !options.signal.aborted;
      if (!mayPass || performance.now() >= end) throw error;
    }
    await sleep(2_000, options.signal);
  }
}
