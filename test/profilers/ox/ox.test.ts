import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Child, startChild } from '../../../src/lib/child.js';
import { isListening } from '../../../src/lib/listeners.js';
import { compiledProgram } from '../../../src/lib/paths.js';
import { waitUntil } from '../../../src/lib/sleep.js';
import { STACKS_FILE } from '../../../src/profilers/ox/files.js';
import { oxProfiler } from '../../../src/profilers/ox/ox.js';
import { freePort } from '../../support/free-port.js';
import {
  expectSpinShares,
  ON_A_BUSY_MACHINE,
  profilerSpec,
  profileTarget,
  SPIN,
} from '../../support/profile-target.js';

const spec = profilerSpec({ native: 'v8' });

/** A program started as a gateway is, through the profiler's own change of the command. */
async function launched(argv: string[], outDir: string): Promise<Child> {
  const { command, environment } = await oxProfiler.launch(spec, outDir);
  const [program = '', ...args] = command(argv);
  const child = await startChild({
    command: program,
    args,
    cwd: outDir,
    environment: { PATH: process.env.PATH ?? '', HOME: outDir, ...environment },
    logFile: join(outDir, 'gateway.log'),
  });
  onTestFinished(() => child.stop({ signal: 'SIGKILL', graceMs: 0 }).then(() => undefined));
  return child;
}

const notBuilt = !existsSync(compiledProgram('src/profilers/ox/runner'));
if (notBuilt)
  process.stderr.write('SKIPPED: 0x of a real program, because its runner is not compiled (npm run build)\n');

describe.skipIf(notBuilt)('0x', () => {
  it(
    'reports each function within 5 points of its share, of a program that is stopped by SIGTERM',
    ON_A_BUSY_MACHINE,
    async () => {
      const target = await profileTarget({ spec });
      const child = await launched(['node', join(SPIN, 'spin.mjs'), '60'], target.outDir);
      await waitUntil(async () => (await child.logTail()).includes('ready'), 10_000);
      const capture = await oxProfiler.start({ ...target, pids: child.pids });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await capture.end();
      const { stopGraceS = 0 } = await oxProfiler.launch(spec, target.outDir);
      expect(await child.stop({ signal: 'SIGTERM', graceMs: stopGraceS * 1000 })).toBe(true);
      const profile = await capture.collect();
      expectSpinShares(profile);
      expect(profile.meta).toMatchObject({ profiler: '0x', tool: '0x 6.0.0', unit: 'samples', durationS: null });
      expect(profile.meta.caveats.join('\n')).toContain('The whole life of the process');
      expect(profile.meta.caveats.join('\n')).toMatch(/\d % of the ticks ended in __write/);
      await capture.kill();
      // Nothing of V8's log, which is big, and nothing of 0x's pages.
      expect((await readdir(target.outDir)).sort()).toEqual([STACKS_FILE, 'gateway.log']);
    },
  );

  it('lets a server serve, in its own working directory and with its own output', async () => {
    const target = await profileTarget({ spec });
    const port = await freePort();
    const server = join(target.outDir, 'server.mjs');
    await writeFile(
      server,
      `import http from 'node:http'; console.log(process.cwd(), process.argv.slice(2).join());
       http.createServer((q, r) => r.end('x')).listen(${port}, '127.0.0.1');`,
    );
    const child = await launched(['node', server, '--port', '7'], target.outDir);
    await waitUntil(() => isListening(port), 10_000);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('x');
    expect((await child.logTail()).join('\n')).toContain(`${target.outDir} --port,7`);
    const capture = await oxProfiler.start({ ...target, pids: child.pids });
    await child.stop({ signal: 'SIGTERM', graceMs: 60_000 });
    expect((await capture.collect()).stacks.length).toBeGreaterThan(0);
  });

  it('says so where it was killed before it could write', async () => {
    const target = await profileTarget({ spec });
    const child = await launched(['node', join(SPIN, 'spin.mjs'), '60'], target.outDir);
    await waitUntil(async () => (await child.logTail()).includes('ready'), 10_000);
    const capture = await oxProfiler.start({ ...target, pids: child.pids });
    await child.stop({ signal: 'SIGKILL', graceMs: 0 });
    await expect(capture.collect()).rejects.toThrow(/0x wrote no .*: the program was killed/);
    await capture.kill();
    expect(await readdir(target.outDir)).toEqual(['gateway.log']);
  });
});

describe('0x that can not be', () => {
  it('changes commands of node alone', async () => {
    const { command } = await oxProfiler.launch(spec, '/out');
    expect(command(['/usr/bin/node', '--no-warnings', 'a.js', '--port=1']).slice(1)).toEqual([
      compiledProgram('src/profilers/ox/runner'),
      '/out',
      '--',
      '/usr/bin/node',
      '--no-warnings',
      'a.js',
      '--port=1',
    ]);
    expect(() => command(['npx', 'gateway'])).toThrow(/0x has to start Node, but the command is "npx gateway"/);
  });

  it('never attaches', async () => {
    expect(await oxProfiler.unavailable(null)).toMatchObject({ reason: 'it has to start the program itself' });
    expect(await oxProfiler.unavailable(profilerSpec({ native: 'pprof' }))).toMatchObject({
      reason: 'it is not a Node program',
    });
    expect(await oxProfiler.unavailable(spec)).toBeNull();
    await expect(oxProfiler.start(await profileTarget({ pids: () => [process.pid] }))).rejects.toThrow(
      /was not started by 0x/,
    );
  });

  it('names its file where that is broken', async () => {
    const target = await profileTarget({ spec });
    const child = await startChild({
      command: 'sh',
      args: ['-c', 'sleep 60; :', `ox/runner.js ${target.outDir} -- node`],
      cwd: target.outDir,
      environment: { PATH: process.env.PATH ?? '' },
      logFile: join(target.outDir, 'log'),
    });
    onTestFinished(() => child.stop({ signal: 'SIGKILL', graceMs: 0 }).then(() => undefined));
    const capture = await oxProfiler.start({ ...target, pids: child.pids });
    await writeFile(join(target.outDir, STACKS_FILE), gzipSync('{"unmerged":7}'));
    await expect(capture.collect()).rejects.toThrow(`${STACKS_FILE} can't be read`);
    await writeFile(join(target.outDir, STACKS_FILE), '{}');
    await expect(capture.collect()).rejects.toThrow(`${STACKS_FILE} is truncated`);
  });
});
