import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInPath } from '../../src/lib/find-in-path.js';
import type { CloudHost } from '../../src/model/cloud.js';
import { type SshContext, SshHost } from '../../src/remote/ssh-host.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOQO3PAt';
const host: CloudHost = {
  address: '192.0.2.7',
  sshUser: 'me',
  sshPort: 2222,
  internalAddress: '10.0.0.2',
  hostKey: KEY,
};
const path = process.env.PATH;
const ssh = findInPath('ssh');
if (ssh === null) process.stderr.write("SKIPPED: a user's ssh configuration: there is no ssh\n");

let folder: string;
let context: SshContext;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-ssh-host-'));
  context = { folder, environment: 'bench', identityFile: null, ownKey: false, asRoot: false };
  process.env.PATH = `${join(folder, 'bin')}${delimiter}${path}`;
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

/** A program in place of ssh that notes its arguments, each on a line, and then does as the script says. */
async function candidate(script: string): Promise<() => Promise<string[]>> {
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin', 'ssh'), `#!/bin/sh\nprintf '%s\\n' "$@" >arguments\n${script}\n`);
  await chmod(join(folder, 'bin', 'ssh'), 0o755);
  return async () => (await readFile(join(folder, 'arguments'), 'utf8')).trimEnd().split('\n');
}

describe('how a host is called', () => {
  it('with one quoted line, and an address that can be no option', async () => {
    const called = await candidate('');
    await new SshHost('all', host, context).run(['echo', "it's", '$(id)']);
    const words = await called();
    expect(words.slice(-7)).toEqual(['-p', '2222', '-l', 'me', '--', '192.0.2.7', "echo 'it'\\''s' '$(id)'"]);
    expect(words).toContain('HostKeyAlias=gatebench-bench-all');
    expect(words).toContain('BatchMode=yes');
  });

  it('believes a key once where none is known, and the pinned one alone from then on', async () => {
    const called = await candidate('');
    const ssh = new SshHost('all', host, context);
    await ssh.run(['true']);
    expect(await called()).toContain('StrictHostKeyChecking=accept-new');
    await ssh.pin();
    await ssh.pin();
    expect(await readFile(join(folder, 'known_hosts'), 'utf8')).toBe(`gatebench-bench-all ${KEY}\n`);
    await ssh.run(['true']);
    expect(await called()).toContain('StrictHostKeyChecking=yes');
    expect(await new SshHost('load-1', host, context).isPinned()).toBe(false);
  });

  it('as root only through a sudo that asks nobody', async () => {
    const called = await candidate('');
    await new SshHost('all', host, { ...context, asRoot: true }).run(['true']);
    expect((await called()).at(-1)).toBe('sudo -n -- true');
    await new SshHost('all', { ...host, sshUser: 'root' }, { ...context, asRoot: true }).run(['true']);
    expect((await called()).at(-1)).toBe('true');
  });

  it('with the key made for it and nothing of the user’s, or with the user’s', async () => {
    const called = await candidate('');
    await new SshHost('all', host, { ...context, ownKey: true }).run(['true']);
    expect((await called()).slice(0, 4)).toEqual(['-F', 'none', '-i', 'id_ed25519']);
    await new SshHost('all', host, { ...context, identityFile: '/home/me/100%.key' }).run(['true']);
    expect((await called()).slice(0, 2)).toEqual(['-i', '/home/me/100%%.key']);
  });
});

/** Everything in a user's configuration that would lead past the pinned key, or take something along. */
const HOSTILE = `Host *
  ControlMaster auto
  ControlPath /tmp/shared-%r@%h:%p
  KnownHostsCommand /bin/echo %H ${KEY}
  VerifyHostKeyDNS yes
  NoHostAuthenticationForLocalhost yes
  StrictHostKeyChecking no
  UserKnownHostsFile /home/me/.ssh/known_hosts
  HostKeyAlias everywhere
  ForwardAgent yes
  ForwardX11 yes
  LocalForward 8080 localhost:80
  RemoteForward 9090 localhost:90
  DynamicForward 1080
  Tunnel yes
  PermitLocalCommand yes
  LocalCommand touch /tmp/x
  RemoteCommand tmux
  RequestTTY force
  UpdateHostKeys yes
  ProxyJump bastion.example.com
  Compression yes
`;

describe.skipIf(ssh === null)('a user’s configuration', () => {
  it('says how a host is reached, and nothing of who it is or what goes over the connection', async () => {
    await writeFile(join(folder, 'hostile'), HOSTILE);
    // The real ssh, asked what it would do with this configuration and our options.
    await candidate(`exec '${ssh}' -F hostile -G "$@"`);
    const host_ = new SshHost('all', host, context);
    await host_.pin();
    const { stdout } = await host_.run(['true']);
    const says = (option: string) =>
      stdout.split('\n').flatMap((line) => (line.startsWith(`${option} `) ? [line.slice(option.length + 1)] : []));
    // ssh prints neither what is off nor what is none.
    for (const option of [
      'controlpath',
      'knownhostscommand',
      'localforward',
      'remoteforward',
      'dynamicforward',
      'remotecommand',
    ]) {
      expect([option, says(option).filter((value) => value !== 'none')]).toEqual([option, []]);
    }
    for (const option of [
      'controlmaster',
      'verifyhostkeydns',
      'forwardagent',
      'forwardx11',
      'tunnel',
      'permitlocalcommand',
    ]) {
      expect([option, says(option)]).toEqual([option, [expect.stringMatching(/^(false|no)$/)]]);
    }
    expect(says('clearallforwardings')).toEqual(['yes']);
    expect(says('nohostauthenticationforlocalhost')).toEqual(['no']);
    expect(says('stricthostkeychecking')).toEqual([expect.stringMatching(/^(true|yes)$/)]);
    expect(says('userknownhostsfile')).toEqual(['known_hosts']);
    expect(says('hostkeyalias')).toEqual(['gatebench-bench-all']);
    expect(says('requesttty')).toEqual([expect.stringMatching(/^(false|no)$/)]);
    expect(says('updatehostkeys')).toEqual([expect.stringMatching(/^(false|no)$/)]);
    expect(says('proxyjump')).toEqual(['bastion.example.com']);
    expect(says('compression')).toEqual(['yes']);
  });
});

describe('what comes back', () => {
  it('is the command’s exit code and output', async () => {
    await candidate('echo out; echo err >&2; exit 3');
    const ssh = new SshHost('all', host, context);
    expect(await ssh.run(['x'])).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err' });
    await expect(ssh.mustRun('do that', ['x'])).rejects.toThrow(
      'me@192.0.2.7:2222: could not do that (exit code 3): err',
    );
  });

  it.each([
    ['Host key verification failed.', /shows another host key than the one that is pinned for all/],
    ['me@192.0.2.7: Permission denied (publickey).', /SSH authentication failed: me@192.0.2.7: Permission denied/],
    ['ssh: connect to host 192.0.2.7 port 2222: No route to host', /can't be reached: .*No route/],
  ])('is an error of its own where ssh says: %s', async (words, message) => {
    await candidate(`echo '${words}' >&2; exit 255`);
    await expect(new SshHost('all', host, context).run(['x'])).rejects.toThrow(message);
  });

  it('is the reason of the abort where it was aborted', async () => {
    await candidate('exec sleep 20');
    const abort = new AbortController();
    const running = new SshHost('all', host, context).run(['x'], { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 200);
    await expect(running).rejects.toThrow('enough');
  });
});
