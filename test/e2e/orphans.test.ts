import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endOrphans } from '../../src/lib/orphans.js';
import { MARK_VARIABLE, newMark, ownerName } from '../../src/lib/process-mark.js';
import { readProcess } from '../../src/lib/process-table.js';

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** The name of a process like a gatebench that has ended. */
async function deadOwner(): Promise<string> {
  const child = spawn('sleep', ['60']);
  const { pid = 0 } = child;
  const startTicks = readProcess(pid)?.startTicks ?? 0;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return ownerName().replace(/-\d+-\d+$/, `-${pid}-${startTicks}`);
}

function sleeper(environment: Record<string, string> = {}): number {
  const child = spawn('sleep', ['60'], { detached: true, env: { PATH: process.env.PATH, ...environment } });
  children.push(child);
  return child.pid ?? 0;
}

async function folderOf(owner: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `gatebench-${owner}-`));
  folders.push(path);
  return path;
}

const lives = (pid: number) => (readProcess(pid)?.state ?? 'Z') !== 'Z';

// Here, where no other test runs: a bench beside it would end these orphans first.
describe('endOrphans', () => {
  it('ends what carries the mark of a dead gatebench, and says what', async () => {
    const orphan = sleeper({ [MARK_VARIABLE]: `${await deadOwner()}-2` });
    const { processes } = await endOrphans();
    expect(processes).toContainEqual({ pid: orphan, program: 'sleep' });
    expect(lives(orphan)).toBe(false);
    expect((await endOrphans()).processes.map(({ pid }) => pid)).not.toContain(orphan);
  });

  it('touches nothing without a mark, nothing of a gatebench that lives, and nothing of another machine', async () => {
    const elsewhere = `00c0ffee-${(await deadOwner()).split('-').slice(1).join('-')}-1`;
    const others = [
      sleeper(),
      sleeper({ [MARK_VARIABLE]: newMark() }),
      sleeper({ [MARK_VARIABLE]: elsewhere }),
      sleeper({ [MARK_VARIABLE]: 'yes' }),
    ];
    const own = await folderOf(ownerName());
    await endOrphans();
    expect(others.filter(lives)).toEqual(others);
    expect(existsSync(own)).toBe(true);
  });

  it('removes its folders, and ends the leaders noted in them, whose environment may be gone', async () => {
    const orphan = sleeper();
    const folder = await folderOf(await deadOwner());
    await writeFile(join(folder, 'leaders'), `${orphan} ${readProcess(orphan)?.startTicks}\n`);
    const { processes, folders: removed } = await endOrphans();
    expect(processes).toContainEqual({ pid: orphan, program: 'sleep' });
    expect(removed).toContain(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('does not take another process for a leader that had its PID', async () => {
    const other = sleeper();
    const folder = await folderOf(await deadOwner());
    await writeFile(join(folder, 'leaders'), `${other} ${(readProcess(other)?.startTicks ?? 0) - 1}\n`);
    await endOrphans();
    expect(lives(other)).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0)('does not believe a folder that another user has made', async () => {
    const other = sleeper();
    const folder = await folderOf(await deadOwner());
    await writeFile(join(folder, 'leaders'), `${other} ${readProcess(other)?.startTicks}\n`);
    await chown(folder, 65_534, 65_534);
    await endOrphans();
    expect([lives(other), existsSync(folder)]).toEqual([true, true]);
  });
});

if (process.getuid?.() !== 0)
  process.stderr.write('\nSKIPPED on this machine: folders of another user: only root can make them\n');
