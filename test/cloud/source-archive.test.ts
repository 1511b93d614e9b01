import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceOf } from '../../src/cloud/source-archive.js';

const run = promisify(execFile);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-source-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const git = (...words: string[]) =>
  run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { cwd: folder });

describe('what is copied to a machine', () => {
  it('is a commit; what is not in it is named', async () => {
    await git('init', '-q');
    await writeFile(join(folder, 'kept'), 'a');
    await git('add', '.');
    await git('commit', '-qm', 'x');
    const { stdout } = await git('rev-parse', 'HEAD');
    expect(await sourceOf(folder)).toEqual({ root: folder, commit: stdout.trim(), uncommitted: [] });
    await writeFile(join(folder, 'kept'), 'b');
    await writeFile(join(folder, 'new'), 'b');
    expect((await sourceOf(folder)).uncommitted).toEqual(['kept', 'new']);
  });

  it('is nothing where there is no checkout, no commit, or only a part of a checkout', async () => {
    await expect(sourceOf(folder)).rejects.toThrow(/is not a git checkout with a commit/);
    await git('init', '-q');
    await expect(sourceOf(folder)).rejects.toThrow(/is not a git checkout with a commit/);
    await mkdir(join(folder, 'part'));
    await git('commit', '-q', '--allow-empty', '-m', 'x');
    await expect(sourceOf(join(folder, 'part'))).rejects.toThrow(/only a part of a git checkout \(part\/\)/);
  });
});
