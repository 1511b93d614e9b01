import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInPath } from '../../src/lib/find-in-path.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { waitUntil } from '../../src/lib/sleep.js';
import { cli, type RunningCli, startCli } from '../support/cli.js';
import { type SlowProvider, slowProvider, terraformOf } from '../support/slow-provider.js';
import { type StandInSsh, standInSsh } from '../support/stand-in-ssh.js';

const withoutTerraform = findInPath('terraform') === null;
if (withoutTerraform) process.stderr.write('SKIPPED: interrupted cloud commands: there is no terraform in PATH\n');

const script = findInPath('script');
if (script === null) process.stderr.write('SKIPPED: Ctrl-C on a terminal: there is no script(1)\n');
const MAIN = join(PACKAGE_ROOT, 'dist', 'src', 'main.js');

let folder: string;
let provider: SlowProvider;
let ssh: StandInSsh;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-interrupts-'));
  provider = await slowProvider(folder);
  ssh = await standInSsh(folder);
});
afterEach(async () => {
  await provider.release();
  await waitUntil(() => terraformOf(cloudRoot(), 'bench') === null, 60_000);
  await rm(folder, { recursive: true, force: true });
});

const cloudRoot = () => join(folder, 'cloud');
const environment = (more: Record<string, string> = {}) => ({
  GATEBENCH_CLOUD_DIR: cloudRoot(),
  GATEBENCH_PROVIDERS_DIR: provider.root,
  PATH: ssh.path,
  ...more,
});
const upWords = (...more: string[]) => [
  ...['cloud', 'up', '--yes', '--provider', 'slow', '--var', `marks=${provider.marks}`],
  ...(more.includes('--ssh-timeout') ? more : ['--ssh-timeout', '100ms', ...more]),
];
const startUp = (...more: string[]) => startCli(upWords(...more), environment());
const up = (...more: string[]) => cli(upWords(...more), environment());
const down = (more: Record<string, string> = {}) => cli(['cloud', 'down', '-o', folder], environment(more));
const stateOf = async () => JSON.parse(await readFile(join(cloudRoot(), 'bench', 'state.json'), 'utf8'));
const isKnown = () => existsSync(join(cloudRoot(), 'bench', 'state.json'));
const said = (child: RunningCli, text: RegExp) =>
  waitUntil(() => text.test(child.stderr()), 60_000).then(() => expect(child.stderr()).toMatch(text));

describe.skipIf(withoutTerraform)('while Terraform makes machines', () => {
  it('one Ctrl-C waits for it, and then removes what it made', async () => {
    await provider.hold('create');
    const running = startUp();
    await provider.isHeld('create');
    running.child.kill('SIGINT');
    await said(running, /SIGINT: Terraform is making the machines, and loses track.*It finishes first/);
    await provider.release();
    const { exitCode, stderr } = await running.done;
    expect(await provider.made()).toBe(1);
    expect(provider.exists()).toBe(false);
    expect(stderr).toMatch(/environment "bench" is removed; nothing is left of it/);
    expect(exitCode).toBe(130);
    expect(isKnown()).toBe(false);
  });

  it('a second one leaves Terraform to itself, and names what may be left; down waits and removes it', async () => {
    await provider.hold('create');
    const running = startUp();
    await provider.isHeld('create');
    running.child.kill('SIGINT');
    await said(running, /It finishes first/);
    running.child.kill('SIGINT');
    const { exitCode, stderr } = await running.done;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/Terraform continues by itself[\s\S]*gatebench cloud down --name bench/);
    expect(stderr).toMatch(/terraform_data\.machine\n {4}rm \S+\/machine/);
    expect(stderr).toMatch(/delete themselves at about \d{4}-/);
    expect(terraformOf(cloudRoot(), 'bench')).not.toBeNull();

    const removing = startCli(['cloud', 'down', '-o', folder], environment());
    await said(removing, /waiting for the Terraform of an earlier call, which still runs \(PID \d+\)/);
    await provider.release();
    const removed = await removing.done;
    expect(removed.exitCode).toBe(0);
    expect(await provider.made()).toBe(1);
    expect(provider.exists()).toBe(false);
    expect(isKnown()).toBe(false);
  });

  it.each(['SIGKILL', 'SIGHUP'] as const)(
    '%s and pipes that nobody reads don’t stop it, and up resumes',
    async (signal) => {
      await provider.hold('create');
      const running = startUp();
      await provider.isHeld('create');
      running.child.stdout?.destroy();
      running.child.stderr?.destroy();
      running.child.kill(signal);
      await running.done;
      expect(terraformOf(cloudRoot(), 'bench')).not.toBeNull();
      const status = await cli(['cloud', 'status'], environment());
      expect(status.stdout).toMatch(/Terraform works on it now/);

      const resuming = startCli(['cloud', 'up', '--yes'], environment());
      await said(resuming, /waiting for the Terraform of an earlier call/);
      await provider.release();
      const { exitCode, stderr } = await resuming.done;
      expect(stderr).toMatch(/the machines are there as they should be[\s\S]*environment "bench" is up/);
      expect(exitCode).toBe(0);
      expect(await provider.made()).toBe(1);
      expect((await down()).exitCode).toBe(0);
      expect(provider.exists()).toBe(false);
    },
  );

  it('one while it waits for ssh removes what it made, two leave it and say what it is', async () => {
    await writeFile(ssh.down, '');
    const first = startUp('--ssh-timeout', '5m');
    await said(first, /waiting for ssh on me@127\.0\.0\.1/);
    first.child.kill('SIGINT');
    expect((await first.done).exitCode).toBe(130);
    expect(provider.exists()).toBe(false);

    await provider.hold('destroy');
    const second = startUp('--ssh-timeout', '5m');
    await said(second, /waiting for ssh on me@127\.0\.0\.1/);
    second.child.kill('SIGINT');
    await provider.isHeld('destroy');
    second.child.kill('SIGINT');
    const { exitCode, stderr } = await second.done;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/terraform_data\.machine\n {4}rm \S+\/machine/);
    await provider.release();
    expect((await down()).exitCode).toBe(0);
    expect(provider.exists()).toBe(false);
  });

  it.skipIf(script === null)('on a terminal, the second asks, and goes on after a no', async () => {
    await provider.hold('create');
    const command = [process.execPath, MAIN, ...upWords()].map((word) => `'${word}'`).join(' ');
    const terminal = spawn(script ?? '', ['-qfec', command, '/dev/null'], {
      env: { ...process.env, ...environment() },
      stdio: 'pipe',
    });
    let output = '';
    terminal.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const ended = new Promise<number | null>((resolve) => terminal.once('close', resolve));
    const shows = (text: RegExp) => waitUntil(() => text.test(output), 60_000).then(() => expect(output).toMatch(text));
    await provider.isHeld('create');
    terminal.stdin.write('\x03');
    await shows(/It finishes first/);
    terminal.stdin.write('\x03');
    await shows(/terraform_data\.machine\s+rm \S+machine[\s\S]*end gatebench now, and leave this to you\? \[y\/N\]/);
    terminal.stdin.write('n\n');
    await provider.release();
    expect(await ended).toBe(130);
    expect(output).toMatch(/nothing is left of it/);
    expect(await provider.made()).toBe(1);
    expect(provider.exists()).toBe(false);
  });

  it('nobody else may work on the environment', async () => {
    await provider.hold('create');
    const running = startUp();
    await provider.isHeld('create');
    const { exitCode, stderr } = await down();
    expect(stderr).toMatch(
      /environment "bench" is being worked on by another gatebench: cloud up, PID \d+\n.*interrupt it/,
    );
    expect(exitCode).toBe(1);
    expect((await up()).stderr).toMatch(/is being worked on by another gatebench: cloud up/);
    await provider.release();
    expect((await running.done).exitCode).toBe(0);
    expect((await down()).exitCode).toBe(0);
  });
});

describe.skipIf(withoutTerraform)('while Terraform removes machines', () => {
  it('one Ctrl-C waits for it, two leave it to itself', async () => {
    await up();
    await provider.hold('destroy');
    const running = startCli(['cloud', 'down', '-o', folder], environment());
    await provider.isHeld('destroy');
    running.child.kill('SIGINT');
    await said(running, /Terraform is removing the machines/);
    running.child.kill('SIGINT');
    const left = await running.done;
    expect(left.exitCode).toBe(130);
    expect(left.stderr).toMatch(/rm \S+\/machine/);
    const again = startCli(['cloud', 'down', '-o', folder], environment());
    await said(again, /waiting for the Terraform of an earlier call/);
    await provider.release();
    expect((await again.done).exitCode).toBe(0);
    expect(provider.exists()).toBe(false);

    await up();
    await provider.hold('destroy');
    const finishing = startCli(['cloud', 'down', '-o', folder], environment());
    await provider.isHeld('destroy');
    finishing.child.kill('SIGINT');
    await said(finishing, /Terraform is removing the machines/);
    await provider.release();
    expect((await finishing.done).exitCode).toBe(0);
    expect(provider.exists()).toBe(false);
  });

  it('a failed removal is never called one, says what is left, and can be repeated', async () => {
    await up();
    await provider.refuse(true);
    const { exitCode, stderr } = await down();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/environment "bench" is not removed[\s\S]*the provider refuses/);
    expect(stderr).toMatch(/left:\n {2}terraform_data\.machine\n {4}rm \S+\/machine/);
    expect(stderr).not.toMatch(/is removed|nothing is left/);
    expect(stderr).toBe(stripVTControlCharacters(stderr));
    expect(provider.exists()).toBe(true);
    expect((await stateOf()).step).toBe('removing');
    await provider.refuse(false);
    expect((await down()).exitCode).toBe(0);
    expect(provider.exists()).toBe(false);
  });

  it('nor is one that failed where Terraform knows of nothing', async () => {
    await up();
    const terraform = join(cloudRoot(), 'bench', 'terraform');
    const state = await readFile(join(terraform, 'terraform.tfstate'));
    await rm(join(terraform, 'terraform.tfstate'));
    await writeFile(join(terraform, 'broken.tf'), 'variable "that_nobody_gives" {}');
    const { exitCode, stderr } = await down();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/environment "bench" is not removed[\s\S]*terraform destroy failed/);
    expect(stderr).toMatch(/what may be left:\n {2}terraform_data\.machine\n {4}rm \S+\/machine/);
    expect(stderr).not.toMatch(/No state file|nothing is left/);
    await rm(join(terraform, 'broken.tf'));
    await writeFile(join(terraform, 'terraform.tfstate'), state);
    expect((await down()).exitCode).toBe(0);
    expect(provider.exists()).toBe(false);
  });

  it('variables of the environment neither hide the machine nor change it', async () => {
    const hostile = {
      TF_WORKSPACE: 'other',
      TF_VAR_size: '7',
      TF_CLI_ARGS: '-no-such-flag',
      TF_CLI_ARGS_destroy: '-target=terraform_data.other',
      TF_DATA_DIR: join(folder, 'elsewhere'),
    };
    const made = await cli(upWords(), environment(hostile));
    expect(made.stderr).toMatch(
      /Terraform doesn't see TF_CLI_ARGS, TF_CLI_ARGS_destroy, TF_DATA_DIR, TF_VAR_size, TF_WORKSPACE/,
    );
    expect(made.exitCode).toBe(0);
    expect(provider.exists()).toBe(true);
    expect((await down(hostile)).exitCode).toBe(0);
    expect(provider.exists()).toBe(false);
    expect(existsSync(hostile.TF_DATA_DIR)).toBe(false);
  });
});

describe.skipIf(withoutTerraform)('an environment that is half made', () => {
  it('is not up, and resumes with what it was begun with', async () => {
    await writeFile(ssh.down, '');
    const failed = await up('--keep');
    expect(failed.stderr).toMatch(/can't be reached/);
    expect(failed.exitCode).toBe(1);
    expect((await stateOf()).step).toBe('applied');
    const measured = await cli(['cloud', 'fetch'], environment());
    expect(measured.stderr).toMatch(/is not up: the machines exist, but not all have been reached and prepared/);
    expect(measured.exitCode).toBe(2);
    await rm(ssh.down);
    const { exitCode, stderr } = await cli(['cloud', 'up'], environment());
    expect(stderr).toMatch(/resuming environment "bench"[\s\S]*the machines are there as they should be[\s\S]*is up/);
    expect(exitCode).toBe(0);
    expect(await provider.made()).toBe(1);
    expect((await stateOf()).step).toBe('up');
    expect((await down()).exitCode).toBe(0);
  });

  it('is removed without a word about state files where nothing was made', async () => {
    await mkdir(join(cloudRoot(), 'bench'), { recursive: true });
    await writeFile(ssh.down, '');
    const { stderr } = await up('--var', 'size="x"');
    expect(stderr).toMatch(/terraform plan failed/);
    expect(stderr).not.toMatch(/No state file/);
    expect(isKnown()).toBe(false);
    const removed = await down();
    expect(removed.stderr).toMatch(/there is no environment "bench"/);
    expect(removed.exitCode).toBe(0);
  });
});

describe.skipIf(withoutTerraform)('variables', () => {
  it.each([
    ['topology=split', /--var topology can't be given: gatebench sets it\n.*use --topology/],
    ['name=other', /--var name can't be given[\s\S]*use --name/],
    ['sizes=3', /provider slow has no variable sizes\n.*did you mean size\?/],
    ['size=null', /--var size=null says nothing/],
  ])('%s is refused before there is an environment', async (variable, message) => {
    const { exitCode, stderr } = await up('--var', variable);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
    expect(existsSync(join(cloudRoot(), 'bench'))).toBe(false);
  });
});
