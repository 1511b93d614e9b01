import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listeningPortsOf } from '../../../src/lib/listeners.js';
import { readProcessTable, treeOf } from '../../../src/lib/process-table.js';
import { sleep, waitUntil } from '../../../src/lib/sleep.js';
import { cpuProfiler } from '../../../src/profilers/cpuprofile/cpuprofile.js';
import { handlesSigusr1 } from '../../../src/profilers/cpuprofile/inspector.js';
import {
  captured,
  expectSpinShares,
  ON_A_BUSY_MACHINE,
  profilerSpec,
  profileTarget,
  SPIN,
  shareOf,
  startProgram,
} from '../../support/profile-target.js';

const spinning = () => startProgram(process.execPath, [join(SPIN, 'spin.mjs'), '60'], ownPort());
/** The tests of this machine may all be at it: port 9229 is nobody's. */
let nextPort = 20_000 + (process.pid % 4_000) * 2;
const ownPort = () => ({ NODE_OPTIONS: `--inspect-port=127.0.0.1:${nextPort++}` });

async function script(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const SERVER = {
  'server.cjs': "const http = require('http');",
  'server.mjs': "import http from 'node:http';",
};
const LISTEN =
  "http.createServer((q, r) => r.end('x')).listen(0, '127.0.0.1', () => console.log('ready')); setInterval(() => { for (let i = 0; i < 1e6; i++); }, 5);";

describe('cpuprofile', () => {
  it(
    'reports each function within 5 points of its share, of a program that runs already',
    ON_A_BUSY_MACHINE,
    async () => {
      const program = await spinning();
      const target = await profileTarget({ pids: () => [program.pid], durationS: 4, rateHz: 400 });
      const profile = await captured(cpuProfiler, target);
      expectSpinShares(profile);
      expect(profile.meta).toMatchObject({
        kind: 'cpu',
        profiler: 'cpuprofile',
        unit: 'nanoseconds',
        kernel: 'absent',
      });
      expect(profile.meta.rateHz).toBeGreaterThan(0);
      expect(profile.meta.caveats.join('\n')).not.toContain('is still open');
      expect(await readdir(target.outDir)).toEqual([`${program.pid}.cpuprofile`]);
    },
  );

  it.each(Object.entries(SERVER))('closes the inspector again, and may come back: %s', async (name, head) => {
    const program = await startProgram(process.execPath, [await script(name, `${head}\n${LISTEN}`)], ownPort());
    const before = listeningPortsOf(program.pid);
    for (let round = 0; round < 2; round++) {
      const capture = await cpuProfiler.start(await profileTarget({ pids: () => [program.pid] }));
      expect(listeningPortsOf(program.pid)).toHaveLength(before.length + 1);
      await sleep(1_000);
      await capture.end();
      expect(listeningPortsOf(program.pid)).toEqual(before);
      expect((await capture.collect()).stacks.length).toBeGreaterThan(0);
      await capture.kill();
    }
    const answer = await fetch(`http://127.0.0.1:${before[0]}/`);
    expect(await answer.text()).toBe('x');
  });

  it('leaves an inspector open that was open', async () => {
    const port = nextPort++;
    const program = await startProgram(process.execPath, [`--inspect=127.0.0.1:${port}`, join(SPIN, 'spin.mjs'), '60']);
    const profile = await captured(cpuProfiler, await profileTarget({ pids: () => [program.pid], durationS: 0.5 }));
    expect(profile.stacks.length).toBeGreaterThan(0);
    expect(listeningPortsOf(program.pid)).toEqual([port]);
  });

  it('leaves the program alone when it is killed in the middle', async () => {
    const program = await spinning();
    const capture = await cpuProfiler.start(await profileTarget({ pids: () => [program.pid] }));
    await capture.kill();
    await capture.kill();
    expect(listeningPortsOf(program.pid)).toEqual([]);
    expect(program.exitCode).toBeNull();
  });

  it('refuses a process that is no Node, without a signal that would end it', async () => {
    const other = await startProgram('sh', ['-c', 'echo ready; exec sleep 60']);
    await expect(cpuProfiler.start(await profileTarget({ pids: () => [other.pid] }))).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringContaining(`process ${other.pid} doesn't run Node`),
      hint: 'use perf, which profiles any process',
    });
    await sleep(200);
    expect(other.signalCode).toBeNull();
  });

  it('refuses a Node that would end by the signal', async () => {
    // As --disable-sigusr1 of newer versions has it: the default action stands. A shell's trap sets it for its child.
    const program = await script('fake.cjs', "console.log('ready'); setInterval(() => {}, 1e3)");
    const child = await startProgram(process.execPath, [program], ownPort());
    expect(handlesSigusr1(child.pid)).toBe(true);
    const sleeper = await startProgram('sh', ['-c', 'echo ready; exec sleep 60']);
    expect(handlesSigusr1(sleeper.pid)).toBe(false);
  });

  it('adds up the processes of a cluster, each on the port that it counted to', async () => {
    const cluster = await script(
      'cluster.cjs',
      `const cluster = require('cluster');
      if (cluster.isPrimary) { cluster.fork(); cluster.fork().on('online', () => setTimeout(() => console.log('ready'), 300)); }
      let sink = 0;
      function spin() { for (let i = 0; i < 2e6; i++) sink = (sink * 31 + i) | 0; setTimeout(spin, 2); }
      if (!cluster.isPrimary) spin();`,
    );
    const { environment } = await cpuProfiler.launch(profilerSpec({ native: 'v8' }), '/out');
    const program = await startProgram(process.execPath, [cluster], environment);
    const pids = () => treeOf(program.pid, readProcessTable());
    expect(await waitUntil(() => pids().length === 3, 20_000)).toBe(true);
    const target = await profileTarget({ pids, durationS: 1 });
    const profile = await captured(cpuProfiler, target);
    expect(await readdir(target.outDir)).toHaveLength(3);
    expect(profile.meta.caveats).toContain('The profiles of 3 processes, merged.');
    expect(shareOf(profile, /^spin$/)).toBeGreaterThan(30);
  });

  it('says which processes are missing where they share a port', async () => {
    const pair = await script(
      'pair.cjs',
      `
      if (process.argv[2] === undefined) require('child_process').fork(__filename, ['child']);
      else {
        process.on('disconnect', process.exit);
        setTimeout(() => process.stdout.write('ready'), 300);
      }
      let sink = 0;
      function spin() { for (let i = 0; i < 2e6; i++) sink = (sink * 31 + i) | 0; setTimeout(spin, 2); }
      spin();`,
    );
    const program = await startProgram(process.execPath, [pair], ownPort());
    const pids = () => treeOf(program.pid, readProcessTable());
    const profile = await captured(cpuProfiler, await profileTarget({ pids, durationS: 1 }));
    expect(profile.meta.caveats.join('\n')).toMatch(
      /1 of 2 Node processes are missing: process \d+ opened no inspector/,
    );
  });

  it('says so where the process ends', async () => {
    const program = await spinning();
    const capture = await cpuProfiler.start(await profileTarget({ pids: () => [program.pid] }));
    program.kill('SIGKILL');
    await once(program, 'exit');
    await expect(capture.end()).rejects.toThrow(/ended, or closed its inspector, during the capture/);
    await capture.kill();
  });

  it('is for Node programs', async () => {
    expect(await cpuProfiler.unavailable(null)).toBeNull();
    expect(await cpuProfiler.unavailable(profilerSpec({ native: 'v8' }))).toBeNull();
    expect(await cpuProfiler.unavailable(profilerSpec({ native: 'pprof' }))).toMatchObject({
      reason: 'it is not a Node program',
    });
  });
});
