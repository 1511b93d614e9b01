import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { folderSize } from '../../src/lib/folder-size.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As the system's own program counts. */
function du(): number {
  return Number(execFileSync('du', ['--summarize', '--block-size=1', folder], { encoding: 'utf8' }).split('\t')[0]);
}

it('counts what is on disk as du does, several names of one file once', async () => {
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(join(folder, 'a', 'big'), Buffer.alloc(300_000, 1));
  await writeFile(join(folder, 'a', 'b', 'small'), 'x');
  await link(join(folder, 'a', 'big'), join(folder, 'a', 'b', 'same'));
  await link(join(folder, 'a', 'big'), join(folder, 'again'));
  const size = await folderSize(folder);
  expect(size).toMatchObject({ fileBytes: 300_001, files: 2 });
  expect(size.diskBytes).toBe(du());
});

it('follows no symbolic link, and counts a hole for what it takes', async () => {
  await symlink('/usr', join(folder, 'elsewhere'));
  await symlink('.', join(folder, 'itself'));
  await writeFile(join(folder, 'hole'), '');
  await truncate(join(folder, 'hole'), 50_000_000);
  const size = await folderSize(folder);
  expect(size).toMatchObject({ fileBytes: 50_000_000, files: 1 });
  expect(size.diskBytes).toBe(du());
  expect(size.diskBytes).toBeLessThan(1_000_000);
});
