import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { parseStat, readProcessTable, treeOf } from '../../src/lib/process-table.js';

describe('parseStat', () => {
  it('counts the fields from the last parenthesis', () => {
    const row = parseStat('4711 (a) b (c)) S 1 4711 4710 0 -1 4194304 1 0 0 0 3 2 0 0 20 0 1 0 86123 7 0');
    expect(row).toEqual({ pid: 4711, state: 'S', parentPid: 1, session: 4710, startTicks: 86_123 });
  });

  it.each(['', '4711 (a) S 1 4711'])('gives nothing for %j', (text) => expect(parseStat(text)).toBeNull());
});

describe('treeOf', () => {
  const row = (pid: number, parentPid: number, session = 0, state = 'S') => ({
    pid,
    parentPid,
    session,
    state,
    startTicks: 1,
  });

  it('takes descendants in any order, the session, and no zombies', () => {
    const table = [row(30, 20), row(20, 10), row(10, 1, 10), row(40, 1, 10), row(50, 1), row(60, 10, 10, 'Z')];
    expect(treeOf(10, table).sort()).toEqual([10, 20, 30, 40]);
    expect(treeOf(20, table)[0]).toBe(20);
  });

  it('finds an orphan by the session that its root led', async () => {
    const root = spawn('sh', ['-c', 'sleep 20 & sleep 0.1'], { detached: true });
    const pid = root.pid ?? 0;
    await once(root, 'exit');
    const table = readProcessTable();
    const members = treeOf(pid, table);
    try {
      expect(members).toHaveLength(1);
      expect(table.find((each) => each.pid === members[0])?.parentPid).not.toBe(pid);
    } finally {
      for (const member of members) process.kill(member, 'SIGKILL');
    }
  });
});
