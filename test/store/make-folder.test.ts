import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { StorageError } from '../../src/lib/errors.js';
import { makeFolder, requireFolder } from '../../src/store/make-folder.js';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

it('makes what is missing, with its mode, and says whether it did', async () => {
  const path = join(await folder(), 'a', 'b');
  expect(await makeFolder(path, 0o700)).toBe(true);
  expect(await makeFolder(path)).toBe(false);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

it.each([
  ['in a file', 'file/x'],
  ['where a file is', 'file'],
  ['where nothing can be made', '/proc/nope/x'],
  ['in a device', '/dev/null/x'],
])('fails, and ends, %s', async (_, name) => {
  const parent = await folder();
  await writeFile(join(parent, 'file'), '');
  const path = name.startsWith('/') ? name : join(parent, name);
  await expect(requireFolder(path)).rejects.toThrow(StorageError);
  await expect(requireFolder(path)).rejects.toThrow(`${path} can't be written: `);
});

it('is made once where several ask at the same time', async () => {
  const parent = await folder();
  for (let round = 0; round < 20; round++) {
    const path = join(parent, String(round), 'a', 'b');
    const made = await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    expect(made.filter((each) => each)).toHaveLength(1);
  }
});
