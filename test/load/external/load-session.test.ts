import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ExpectedError } from '../../../src/lib/errors.js';
import { externalLoad } from '../../../src/load/external/external-load.js';
import type { LoadSession } from '../../../src/load/external/load-session.js';
import { toolEngine } from '../../../src/load/external/tool-engine.js';
import { nothingMeasured } from '../../../src/load/wrk/result.js';
import type { ToolProgram } from '../../../src/store/tool-program.js';
import { aSpec } from './spec.js';

/** A program that runs until it is told to end: `deaf` to the first so many signals, then with a word. */
async function aProgram(body: string): Promise<ToolProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'program.mjs');
  await writeFile(path, `#!${process.execPath}\nconst tick = setInterval(() => {}, 1000);\n${body}\n`);
  await chmod(path, 0o755);
  return { path, version: '1', environment: { GUN: 'loaded' } };
}

/** Deaf to two signals. */
const STUBBORN = `let heard = 0;
process.on('SIGINT', () => { if (++heard === 3) { console.log('ended ' + process.env.GUN); clearInterval(tick); } });
console.log('up');`;

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a load that another program drives', () => {
  it('asks until it is heard, and hands over what came', async () => {
    const program = await aProgram(STUBBORN);
    let lines: string[] = [];
    const run = externalLoad(
      20,
      () => undefined,
      async (session) => {
        const end = await session.run({
          program,
          args: [],
          log: 'log',
          longestS: 30,
          onStarted: (child) => {
            session.entered('window', Date.now());
            expect(run.pids()).toContain(child.pid);
            setTimeout(() => run.stop(), 300);
          },
        });
        lines = end.lines;
        return nothingMeasured(1);
      },
    );
    const startedMs = await run.windowStarted;
    expect(Math.abs(Date.now() - startedMs)).toBeLessThan(10_000);
    await expect(run.done).resolves.toMatchObject({ windowS: 0 });
    expect(lines).toEqual(['up', 'ended loaded']);
    expect(run.pids()).toEqual([]);
  });

  it('leaves no process when it is killed, and says that it was', async () => {
    const program = await aProgram(`process.on('SIGINT', () => {});`);
    let pid = 0;
    const run = externalLoad(
      null,
      () => undefined,
      async (session) => {
        await session.run({
          program,
          args: [],
          log: 'log',
          longestS: 30,
          onStarted: (child) => {
            pid = child.pid;
            session.entered('warmup', Date.now());
          },
        });
        return nothingMeasured(1);
      },
    );
    while (pid === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([run.kill(), run.kill()]);
    expect(alive(pid)).toBe(false);
    await expect(run.done).rejects.toThrow('the load was ended before its window did');
    await expect(run.windowStarted).rejects.toBeInstanceOf(ExpectedError);
    await run.kill();
  });

  it('is killed even where that comes before its first process', async () => {
    const program = await aProgram('');
    const run = externalLoad(
      null,
      () => undefined,
      async (session: LoadSession) => {
        await session.run({ program, args: [], log: 'log', longestS: 30 });
        return nothingMeasured(1);
      },
    );
    await run.kill();
    await expect(run.done).rejects.toThrow('the load was ended before its window did');
    expect(run.pids()).toEqual([]);
  });

  it('does not wait for ever', async () => {
    const program = await aProgram(`console.log('stuck on purpose');`);
    const run = externalLoad(
      null,
      () => undefined,
      async (session) => {
        await session.run({ program, args: [], log: 'log', longestS: 1 });
        return nothingMeasured(1);
      },
    );
    await expect(run.done).rejects.toThrow(/program\.mjs was still running after 1 s: stuck on purpose/);
  });

  it('tells of the time while nothing else is known', async () => {
    const program = await aProgram('');
    const told: unknown[] = [];
    const run = externalLoad(
      null,
      (progress) => told.push(progress),
      async (session) => {
        await session.run({
          program,
          args: [],
          log: 'log',
          endAfterS: 1.5,
          longestS: 30,
          onStarted: () => session.entered('warmup', Date.now()),
        });
        return nothingMeasured(1);
      },
    );
    await run.done;
    expect(told[0]).toMatchObject({ phase: 'warmup', ratePerSec: null, p99Us: null, failed: null });
    // It never came to a window.
    await expect(run.windowStarted).rejects.toThrow('the load was stopped in its warm-up');
  });
});

describe('an engine whose program is not here', () => {
  const engine = toolEngine(
    { name: 'gunner', versionArgs: [], versionPattern: /x/ },
    () => expect.fail(),
    () => null,
  );

  it('says which command installs it', async () => {
    expect(await engine.unavailable()).toEqual({ reason: 'gunner is not installed', hint: 'gatebench setup gunner' });
    expect(engine.version).toBe('not installed');
    await expect(engine.start(aSpec(), () => undefined)).rejects.toThrow(/not installed/);
  });
});
