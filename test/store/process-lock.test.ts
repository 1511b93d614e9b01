import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { livenessOf, ownIdentity, type ProcessIdentity, startTicksOf } from '../../src/lib/process-identity.js';
import { takeLock } from '../../src/store/process-lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

/** A process that lives until the test ends, as a lock's holder. */
async function anotherProcess(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['600']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  return { ...ownIdentity(), pid, startTicks: startTicksOf(pid) ?? -1 };
}

const leave = (holder: ProcessIdentity, name = '.lock-other.json') =>
  writeFile(join(folder, name), JSON.stringify({ ...holder, what: 'the other' }));

describe('a lock', () => {
  it('is had by one, and again once it is given back', async () => {
    const lock = await takeLock(folder, 'first');
    expect(await takeLock(folder, 'second')).toMatchObject({ heldBy: { pid: process.pid, what: 'first' } });
    if ('heldBy' in lock) throw new Error('held');
    lock.release();
    expect(await readdir(folder)).toEqual([]);
    expect(await takeLock(folder, 'third')).toMatchObject({ others: [] });
  });

  it('is never had by two that come at once', async () => {
    for (let round = 0; round < 10; round++) {
      const taken = await Promise.all(Array.from({ length: 6 }, (_, at) => takeLock(folder, `${at}`)));
      const held = taken.flatMap((each) => ('heldBy' in each ? [] : [each]));
      expect(held.length).toBeLessThanOrEqual(1);
      for (const lock of held) lock.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('is had beside others where that is asked for, and they are named', async () => {
    const other = await anotherProcess();
    await leave(other);
    const lock = await takeLock(folder, 'ours', { shared: true });
    expect(lock).toMatchObject({ others: [{ pid: other.pid, what: 'the other', elsewhere: false }] });
  });
});

describe('a lock that was left behind', () => {
  it('holds while its process lives', async () => {
    const other = await anotherProcess();
    await leave(other);
    expect(await takeLock(folder, 'ours')).toMatchObject({ heldBy: { pid: other.pid, elsewhere: false } });
    expect(await readdir(folder)).toEqual(['.lock-other.json']);
  });

  it.each<[string, (other: ProcessIdentity) => ProcessIdentity]>([
    ['a process that has ended', (other) => ({ ...other, pid: 4_194_304 })],
    ['a process whose PID another has now', (other) => ({ ...other, startTicks: other.startTicks - 1 })],
    ['a time before the machine was started anew', (other) => ({ ...other, bootId: 'before' })],
  ])('by %s is removed', async (_, change) => {
    await leave(change(await anotherProcess()));
    expect(await takeLock(folder, 'ours')).toMatchObject({ others: [] });
    expect(await readdir(folder)).not.toContain('.lock-other.json');
  });

  it.each<[string, Partial<ProcessIdentity>]>([
    ['on another machine', { bootId: 'other', hostname: 'other' }],
    ['in another container', { pidNamespace: 'pid:[1]' }],
  ])('%s holds, as nobody can tell', async (_, change) => {
    await leave({ ...(await anotherProcess()), ...change });
    expect(await takeLock(folder, 'ours')).toMatchObject({
      heldBy: { elsewhere: true, file: join(folder, '.lock-other.json') },
    });
  });

  it('cut off or empty holds nothing', async () => {
    await writeFile(join(folder, '.lock-1.json'), '');
    await writeFile(join(folder, '.lock-2.json'), '{"pid": 1');
    expect(await takeLock(folder, 'ours')).toMatchObject({ others: [] });
  });
});

describe('a process', () => {
  it('is alive until it ends, a zombie is not', async () => {
    const child = spawn('sh', ['-c', 'true & exec sleep 600']);
    await once(child, 'spawn');
    const own = ownIdentity();
    const identity = { ...own, pid: child.pid ?? 0, startTicks: startTicksOf(child.pid ?? 0) ?? -1 };
    expect(livenessOf(identity, own)).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(livenessOf(identity, own)).toBe('ended');
    expect(livenessOf(own, own)).toBe('alive');
  });
});
