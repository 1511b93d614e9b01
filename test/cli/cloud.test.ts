import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInPath } from '../../src/lib/find-in-path.js';
import { temporaryFolder } from '../../src/lib/temporary-folder.js';
import { cli } from '../support/cli.js';

const hasTerraform = findInPath('terraform') !== null;
if (!hasTerraform) process.stderr.write('SKIPPED: cloud up: there is no terraform in PATH\n');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const cloud = (...args: string[]) => cli(['cloud', ...args], { GATEBENCH_CLOUD_DIR: join(folder.path, 'cloud') });

describe('gatebench cloud', () => {
  it.each([
    ['an environment that is not there', ['status', '--name', 'nightly'], /there is no environment "nightly"/],
    [
      'a host without a user',
      ['up', '--host', 'bench.example.com'],
      /"bench.example.com" is not a host[\s\S]*user@address/,
    ],
    ['a host key without a host', ['up', '--host-key', 'ssh-ed25519 AAAA'], /--host-key requires --host/],
    ['an unknown topology', ['up', '--topology', 'ring'], /Allowed choices are single, split/],
    ['a gateway that can be none', ['bench', '-g', 'a;b'], /"a;b" is not the name of a gateway/],
    ['options of its own after --', ['bench', '--', '--out', 'x'], /--out can't be given after --/],
    [
      'hosts after -- with topology split',
      ['bench', '--topology', 'split', '--', '--engine=wrk'],
      /--engine=wrk can't be given after -- with topology split/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await cloud(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('refuses a run that the machine would not live to the end of, before it is made', async () => {
    const words = [
      'bench',
      '--yes',
      '--var',
      'project=my-project-123456',
      '-g',
      'direct',
      '-o',
      folder.path,
      '--',
      '--vus',
    ];
    const long = await cloud(...words, '5', '--duration', '10h');
    expect(long.stderr).toMatch(
      /the run takes about 10 h \d+ min, after about 15 min of installing, and the machine deletes itself after 4 h 0 min \(max_run_hours\)/,
    );
    expect(long.stderr).toMatch(/hint: {2}--var max_run_hours=1\d, or measure less/);
    expect(long.exitCode).toBe(2);
    const wrong = await cloud(...words, 'many');
    expect(wrong.stderr).toMatch(/after --: .*"many" is not a VU count/);
    expect(wrong.exitCode).toBe(2);
  });

  it('down of nothing is no error', async () => {
    const { exitCode, stderr } = await cloud('down', '--name', 'nightly');
    expect(stderr).toBe('there is no environment "nightly"\n');
    expect(exitCode).toBe(0);
  });

  it.skipIf(!hasTerraform).each([
    ['without confirmation', [], /no costs\n[\s\S]*refusing to create billable machines[\s\S]*--yes/],
    [
      'in a folder outside the one given',
      ['--yes', '--remote-dir', 'a/../../b'],
      /"a\/\.\.\/\.\.\/b" is not a plain path/,
    ],
  ])('up creates nothing %s', async (_, args, message) => {
    const { exitCode, stderr } = await cloud('up', '--host', 'me@127.0.0.1:9', '--ssh-timeout', '1s', ...args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
    expect(await readdir(join(folder.path, 'cloud')).catch(() => [])).toEqual([]);
  });
});
