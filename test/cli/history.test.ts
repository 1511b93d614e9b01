import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../support/cli.js';
import { dayFacts, recordsOfDays, STEP_RATES, versionOfStep } from '../support/histories.js';
import { writeRun } from '../support/run-folders.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  for (const [at, records] of recordsOfDays('kong', STEP_RATES, versionOfStep).entries()) {
    await writeRun(join(folder, 'runs'), records, dayFacts(at + 1));
  }
  await mkdir(join(folder, 'runs', 'damaged'));
  await writeFile(join(folder, 'runs', 'damaged', 'run.json'), '{');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const history = (...args: string[]) => cli(['history', join(folder, 'runs'), ...args]);

describe('gatebench history', () => {
  it('lists runs, newest first, a line each, and names one that can’t be read', async () => {
    const { exitCode, stdout, stderr } = await history();
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.startsWith('2026-05-'));
    expect(lines).toHaveLength(20);
    expect(lines[0]).toMatch(/^2026-05-20T10-00-00Z-published +2026-05-20 10:00 +A +published +kong +3 ok$/);
    expect(stdout).toContain('Class A: 8 × Example CPU, kvm, kernel 6.1.0; autocannon 8.0.0.');
    expect(stderr).toMatch(/left out: the run description .*damaged/);
  });

  it('shows a gateway’s trend with the change in it', async () => {
    const { exitCode, stdout } = await history('--gateway', 'kong', '--vus', '50');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^▲ +2026-05-11T10-00-00Z-published +2026-05-11 10:00 +1\.1\.0 +3 +1,102 req\/s/m);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /▲ Better from 2026-05-11T10-00-00Z-published on: rate \+10\.1 % \(\+9\.\d to \+10\.\d %\), p = 0\.001\. There also changed: kong: version was 1\.0\.0, is 1\.1\.0\./,
    );
  });

  it('prints both as JSON and CSV', async () => {
    const list = JSON.parse((await history('--format', 'json')).stdout);
    expect(list.runs[0]).toMatchObject({ class: 'A', cells: 3, missing: 0, outcomes: { ok: 3, crashed: 0 } });
    expect((await history('--format', 'csv')).stdout.split('\n')[0]).toBe(
      'run,created_at,class,machine,scenario,engine,gateways,cells,ok,invalid,crashed,failed,skipped,missing',
    );
    const trend = JSON.parse((await history('-g', 'kong', '--format', 'json')).stdout);
    expect(trend.classes[0].series[0].changes).toEqual([expect.objectContaining({ at: 10, better: true })]);
    const csv = (await history('-g', 'kong', '--metric', 'p99', '--format', 'csv')).stdout.trimEnd().split('\n');
    expect(csv).toHaveLength(21);
    expect(csv[1]).toMatch(/^kong,p99,µs,A,50,2026-05-01T10-00-00Z-published,/);
  });

  it.each([
    [['--metric', 'rate'], /--metric is for a gateway’s trend/],
    [['--vus', '50'], /--vus is for a gateway’s trend/],
    [['--gateway', 'kongg'], /no run has a gateway kongg[\s\S]*did you mean kong\?/],
    [['--gateway', 'kong', '--vus', '7'], /no run has kong at 7 VUs[\s\S]*it was measured at 50/],
    [['--gateway', 'kong', '--metric', 'speed'], /Allowed choices are rate, p50/],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stderr } = await history(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('says where there are no runs', async () => {
    const { exitCode, stderr } = await cli(['history', join(folder, 'nowhere')]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/there are no runs in .*nowhere/);
  });
});
