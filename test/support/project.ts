import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A checkout whose `make setup` runs one line of shell, in a folder of its own: what `cloud bench` copies. */
export async function projectThatSetsUp(folder: string, recipe: string): Promise<string> {
  const path = await mkdtemp(join(folder, 'project-'));
  await writeFile(join(path, 'Makefile'), `setup:\n\t@echo installing $(GATEWAYS)\n\t@${recipe}\n`);
  await writeFile(join(path, '.gitignore'), 'secret\n');
  await writeFile(join(path, 'secret'), 'never to be copied');
  const git = (...words: string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { cwd: path });
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'A project');
  await writeFile(join(path, 'not-committed'), '');
  return path;
}
