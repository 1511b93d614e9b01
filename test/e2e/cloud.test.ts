import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import { CellRecord } from '../../src/model/record.js';
import { cli, type RunningCli, startCli } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { projectThatSetsUp } from '../support/project.js';
import { noSshMachine, type SshMachine, sshMachine } from '../support/ssh-machine.js';

const missing = noSshMachine();
if (missing) process.stderr.write(`cloud tests are skipped: ${missing}\n`);

const run = promisify(execFile);
/** Two short cells: about 25 s. */
const SHORT = [
  '--scenario',
  'quick',
  '--vus',
  '5,6',
  '--warmup',
  '1s',
  '--duration',
  '2s',
  '--retry-invalid',
  '0',
  '--no-calibration',
  '--no-fitness',
  '--cooldown',
  '0s',
  '--seed',
  '7',
];

describe.skipIf(missing !== null)('gatebench cloud on a host with ssh', () => {
  let machine: SshMachine;
  let folder: string;
  let results: string;
  let project: string;

  beforeAll(async () => {
    machine = await sshMachine(await freePort());
    folder = await mkdtemp(join(tmpdir(), 'gatebench-cloud-'));
    results = join(folder, 'results');
    // The build that is tested here, in place of one made there.
    project = await projectThatSetsUp(folder, `ln -sfn ${PACKAGE_ROOT}/dist dist`);
  });
  afterAll(async () => {
    await machine?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = () => ({ GATEBENCH_CLOUD_DIR: join(folder, 'cloud') });
  const remoteDir = (name: string) => join(folder, `remote-${name}`);
  const cloud = (...words: string[]) => cli(['cloud', ...words], environment());
  const formatUp = (name: string) => [
    ...['--name', name, '--host', `root@${machine.address}:${machine.port}`, '--identity', machine.identity, '--yes'],
    ...['--remote-dir', remoteDir(name), '--ssh-timeout', '20s'],
  ];
  const benchWords = (name: string, ...more: string[]) => [
    ...['--name', name, '--project', project, '-g', 'direct', '-o', results, ...more, '--', ...SHORT],
  ];
  const seen = (child: RunningCli, text: RegExp, timeoutMs = 60_000) =>
    waitUntil(() => text.test(child.stderr()) || child.child.exitCode !== null, timeoutMs).then(() =>
      expect(child.stderr()).toMatch(text),
    );
  const records = async (runId: string) => {
    const cells = await readdir(join(results, runId, 'cells'));
    return Promise.all(
      cells.map(async (cell) =>
        CellRecord.parse(JSON.parse(await readFile(join(results, runId, 'cells', cell, 'record.json'), 'utf8'))),
      ),
    );
  };
  const runIdIn = (text: string) => /([\d-]+T[\d-]+Z-quick)/.exec(text)?.[1] ?? 'no run';

  it('refuses a host whose key is not the one that was given, and leaves nothing', async () => {
    const other = (await readFile(join(machine.folder, 'other_host_key.pub'), 'utf8')).trim();
    const { exitCode, stderr } = await cloud('up', ...formatUp('wrong'), '--host-key', other);
    expect(stderr).toMatch(/shows another host key than the one that is pinned for all: nothing was sent to it/);
    expect(stderr).toMatch(/environment "wrong" is removed/);
    expect(exitCode).toBe(1);
    expect(existsSync(join(folder, 'cloud', 'wrong'))).toBe(false);
  });

  it('up makes an environment once, and pins the host’s key', async () => {
    const { exitCode, stderr } = await cloud('up', ...formatUp('cycle'));
    expect(stderr).toMatch(/all: host key SHA256:\S+, seen first and pinned now/);
    expect(exitCode).toBe(0);
    expect(await readFile(join(folder, 'cloud', 'cycle', 'known_hosts'), 'utf8')).toContain(machine.hostKey);
    const again = await cloud('up', ...formatUp('cycle'));
    expect(again.stderr).toMatch(/environment "cycle" is already up/);
    expect(again.exitCode).toBe(2);
    const other = await cloud('bench', ...formatUp('cycle'), '--project', project, '-o', results);
    expect(other.stderr).toMatch(/is already up, so --host, --identity, \S+, \S+ would change nothing/);
    expect(other.exitCode).toBe(2);
  });

  it('clears no folder that it did not fill itself', async () => {
    const theirs = join(remoteDir('cycle'), 'project');
    await mkdir(theirs, { recursive: true });
    await writeFile(join(theirs, 'thesis.tex'), 'years of work');
    const { exitCode, stderr } = await cloud('bench', ...benchWords('cycle'));
    expect(stderr).toMatch(/holds files that gatebench did not put there \(thesis\.tex\)[\s\S]*--remote-dir/);
    expect(exitCode).toBe(1);
    expect(await readFile(join(theirs, 'thesis.tex'), 'utf8')).toBe('years of work');
    await rm(theirs, { recursive: true });
  });

  it('says what a failing setup said', async () => {
    const broken = await projectThatSetsUp(folder, 'echo the compiler is missing >&2; exit 3');
    const { exitCode, stderr } = await cloud(
      'bench',
      '--name',
      'cycle',
      '--project',
      broken,
      '-g',
      'direct',
      '-o',
      results,
    );
    expect(stderr).toMatch(
      /installing direct[\s\S]*the compiler is missing[\s\S]*`make setup` on \S+ failed with exit code 2/,
    );
    expect(exitCode).toBe(1);
    expect(existsSync(join(folder, 'cloud', 'cycle', 'state.json'))).toBe(true);
  });

  it('measures through a cut connection, and brings every cell here', async () => {
    const bench = startCli(['cloud', 'bench', ...benchWords('cycle')], environment());
    await seen(bench, /results go to/);
    await machine.setLink(false);
    await seen(bench, /connection lost .*the job on \S+ continues/);
    await machine.setLink(true);
    await seen(bench, /reconnected to \S+/);
    await machine.dropConnections();
    const { exitCode, stdout, stderr } = await bench.done;
    expect(stderr).toMatch(/not committed, so not copied: not-committed/);
    expect(existsSync(join(remoteDir('cycle'), 'project', 'secret'))).toBe(false);
    // The log went on where it stopped: nothing twice.
    expect(stderr.match(/results go to/g)).toHaveLength(1);
    expect(stdout).toMatch(/Direct/);
    expect(exitCode).toBe(0);
    const runId = runIdIn(stderr);
    expect((await records(runId)).map(({ cell, outcome }) => [cell.vus, outcome.kind]).sort()).toEqual([
      [5, expect.stringMatching(/ok|invalid/)],
      [6, expect.stringMatching(/ok|invalid/)],
    ]);
    const { stdout: head } = await run('git', ['rev-parse', 'HEAD'], { cwd: project });
    expect(JSON.parse(await readFile(join(results, runId, 'run.json'), 'utf8')).harness.commit).toBe(head.trim());
    expect(existsSync(join(results, runId, 'report', 'report.md'))).toBe(true);
    expect((await readdir(results)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('status and fetch work later, from another call', async () => {
    const status = await cloud('status', '--name', 'cycle');
    expect(status.stdout).toMatch(/bench: ended with exit code 0[\s\S]*2 finished cells\nall results are fetched/);
    await rm(results, { recursive: true });
    const { exitCode, stderr } = await cloud('fetch', '--name', 'cycle', '-o', results);
    expect(stderr).toMatch(/fetched to .*direct-v5-r1, direct-v6-r1[\s\S]*all results are fetched/);
    expect(exitCode).toBe(0);
  });

  it('a closed terminal leaves the run going, and the next call follows it to its end', async () => {
    const closed = startCli(['cloud', 'bench', ...benchWords('cycle')], environment());
    await seen(closed, /results go to/);
    closed.child.kill('SIGHUP');
    const { exitCode, stderr } = await closed.done;
    expect(stderr).toMatch(/environment "cycle" is left as it is, and its run continues/);
    expect(exitCode).toBe(129);
    const runId = runIdIn(stderr);
    const unfetched = await cloud('status', '--name', 'cycle');
    expect(unfetched.stdout).toMatch(/bench: running[\s\S]*some results are not fetched yet/);
    const following = await cloud('bench', ...benchWords('cycle'));
    expect(following.stderr).toMatch(/\S+: following the run that is under way/);
    expect(following.exitCode).toBe(0);
    expect(await records(runId)).toHaveLength(2);
  });

  it('a full disk there ends the run, and loses nothing that was measured', async () => {
    const disk = remoteDir('full');
    await mkdir(disk);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
    try {
      const bench = startCli(['cloud', 'bench', ...formatUp('full'), ...benchWords('full', '--keep')], environment());
      await waitUntil(() => existsSync(join(disk, 'results')), 60_000);
      const firstCell = async () =>
        (await readdir(join(disk, 'results', runIdIn(bench.stderr()), 'cells')).catch(() => [])).some(
          (name) => !name.startsWith('.'),
        );
      expect(await waitUntil(firstCell, 60_000)).toBe(true);
      await run('sh', ['-c', 'cat /dev/zero >"$1/filler" || true', 'sh', disk]);
      const { exitCode, stderr } = await bench.done;
      expect(stderr).toMatch(/the disk there is full: \d+ bytes are free/);
      expect(stderr).toMatch(/what was measured is fetched/);
      expect(exitCode).toBe(1);
      expect((await records(runIdIn(stderr))).length).toBeGreaterThanOrEqual(1);

      await rm(join(disk, 'filler'));
      const resumed = await cloud('bench', ...benchWords('full', '--resume').slice(0, -SHORT.length - 1));
      expect(resumed.stderr).toMatch(/resuming .*-quick: 1 of 2 cells are finished/);
      expect(resumed.exitCode).toBe(0);
      expect(await records(runIdIn(stderr))).toHaveLength(2);
    } finally {
      await cloud('down', '--name', 'full', '-o', results);
      await run('umount', [disk]);
    }
  });

  it('Ctrl-C ends the run there, fetches, and removes what was made', async () => {
    const bench = startCli(['cloud', 'bench', ...formatUp('stopped'), ...benchWords('stopped')], environment());
    await seen(bench, /results go to/);
    await sleep(1_000);
    bench.child.kill('SIGINT');
    const { exitCode, stderr } = await bench.done;
    expect(stderr).toMatch(
      /stopping what runs on[\s\S]*environment "stopped" is removed; the files copied to your hosts are still there/,
    );
    expect(exitCode).toBe(130);
    expect(existsSync(join(folder, 'cloud', 'stopped'))).toBe(false);
    expect(await readFile(join(remoteDir('stopped'), 'jobs', 'bench', 'status'), 'utf8')).toMatch(/^exited 143/);
  });

  it('a host that changes its key in the middle of an environment’s life is refused, and down still works, twice', async () => {
    await machine.changeHostKey();
    const refused = await cloud('fetch', '--name', 'cycle', '-o', results);
    expect(refused.stderr).toMatch(/shows another host key[\s\S]*remove the line gatebench-cycle-all from/);
    expect(refused.exitCode).toBe(1);
    const down = await cloud('down', '--name', 'cycle', '-o', results);
    expect(down.stderr).toMatch(/environment "cycle" is removed/);
    expect(down.exitCode).toBe(0);
    const again = await cloud('down', '--name', 'cycle');
    expect(again.stderr).toMatch(/there is no environment "cycle"/);
    expect(again.exitCode).toBe(0);
  });
});
