import { describe, expect, it } from 'vitest';
import { type MemberProcess, WorkerDeaths } from '../../src/gateway/worker-deaths.js';

/** A Kong 3.9.1 as root whose workers can't enter its prefix. */
const KONG = [
  '2026/11/27 10:11:12 [notice] 70#0: start worker processes',
  '2026/11/27 10:11:12 [crit] 71#0: unable to open LMDB environment: Permission denied',
  '2026/11/27 10:11:12 [alert] 70#0: worker process 71 exited with fatal code 2 and cannot be respawned',
];

const process = (pid: number, parentPid: number, program: string): MemberProcess => ({ pid, parentPid, program });
const MASTER = process(10, 1, '/usr/bin/python3');
const worker = (pid: number, program = '/usr/bin/python3') => process(pid, 10, program);

/** What is known after a worker has died and was replaced some times. */
function afterDeaths(times: number, program: string): string | null {
  const deaths = new WorkerDeaths();
  for (let pid = 11; pid <= 11 + times; pid += 1) deaths.observe([{ ...MASTER, program }, worker(pid, program)]);
  return deaths.verdict(['PermissionError: /data'], 0);
}

describe('WorkerDeaths', () => {
  it('waits a second for the others once a worker is gone for good, then says why', () => {
    const deaths = new WorkerDeaths();
    expect(deaths.verdict(KONG, 5_000)).toBeNull();
    expect(deaths.verdict(KONG, 5_900)).toBeNull();
    expect(deaths.verdict(KONG, 6_000)).toBe(
      'a worker died at its start and is not replaced: 2026/11/27 10:11:12 [crit] 71#0: unable to open LMDB environment: Permission denied',
    );
  });

  it.each([
    ['nginx', '[alert] 9#0: worker process 12 exited on signal 11'],
    ['uvicorn', 'INFO:     Child process [12] died'],
    ['gunicorn', '[2026-05-04 10:00:00 +0000] [9] [ERROR] Worker (pid:12) exited with code 3'],
    ['Apache', '[core:notice] AH00052: child pid 12 exit signal Segmentation fault (11)'],
    ['HAProxy', '[ALERT] (9) : Current worker (12) exited with code 139 (Segmentation fault)'],
  ])('counts the deaths that the log of %s reports', (_, line) => {
    const deaths = new WorkerDeaths();
    expect(deaths.verdict(Array(4).fill(line), 0)).toBeNull();
    expect(deaths.verdict(Array(5).fill(line), 0)).toBe(`its workers keep dying, 5 so far: ${line}`);
  });

  it('does not take helpers that have done their work for dying workers', () => {
    const lines = Array(50).fill('[notice] 9#0: cache loader process, a child, exited with code 0');
    expect(new WorkerDeaths().verdict(lines, 0)).toBeNull();
  });

  it('sees workers that are replaced again and again', () => {
    expect(afterDeaths(4, '/usr/bin/python3')).toBeNull();
    expect(afterDeaths(5, '/usr/bin/python3')).toBe('its workers keep dying, 5 so far: PermissionError: /data');
  });

  it('does not count the subshells of a start script, nor the commands it runs', () => {
    expect(afterDeaths(20, '/usr/bin/dash')).toBeNull();
    const deaths = new WorkerDeaths();
    for (let pid = 11; pid <= 30; pid += 1) deaths.observe([MASTER, worker(pid, `/usr/bin/tool-${pid}`)]);
    expect(deaths.verdict([], 0)).toBeNull();
  });

  it('does not count workers that end and are not replaced, such as compilers at the first start', () => {
    const deaths = new WorkerDeaths();
    deaths.observe([MASTER, ...[11, 12, 13, 14, 15, 16].map((pid) => worker(pid))]);
    deaths.observe([MASTER]);
    expect(deaths.verdict([], 0)).toBeNull();
  });
});
