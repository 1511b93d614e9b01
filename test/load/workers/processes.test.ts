import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { ExpectedError } from '../../../src/lib/errors.js';
import { compiledProgram } from '../../../src/lib/paths.js';
import { checked, httpServer, isAlive, loadsOf, respond, WORKER_ENGINES } from './harness.js';

const twoWorkers = { maxWorkers: 2, vusPerWorker: 1 };
const slowly = () => httpServer((_request, response) => void setTimeout(() => respond(response), 10));

describe.each(WORKER_ENGINES)('%s engine: its processes', (name, make) => {
  const { startLoad } = loadsOf(make);

  it('names itself, and can run here', async () => {
    const engine = make();
    expect(engine.name).toBe(name);
    expect(engine.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await engine.unavailable()).toBeNull();
  });

  it('lists them while they live', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 3, limits: twoWorkers });
    const pids = run.pids();
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    checked(await run.done);
    expect(run.pids()).toEqual([]);
    expect(pids.some(isAlive)).toBe(false);
  });

  it('stops early and reports what it measured', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 4, warmupS: 0.2, durationS: 60, limits: twoWorkers });
    const pids = run.pids();
    await run.windowStarted;
    await sleep(1200);
    run.stop();
    run.stop();
    const result = checked(await run.done);
    expect(result.windowS).toBeGreaterThan(1);
    expect(result.windowS).toBeLessThan(10);
    expect(result.requests.ok).toBeGreaterThan(10);
    expect(pids.some(isAlive)).toBe(false);
    run.stop();
    await run.kill();
  });

  it('stops in the warm-up with an empty window', async () => {
    const run = await startLoad({ origin: await slowly(), warmupS: 60 });
    await sleep(300);
    run.stop();
    const result = checked(await run.done);
    expect(result.windowS).toBe(0);
    expect(result.requests.sent).toBe(0);
    expect(result.latencyUs).toBeNull();
    await expect(run.windowStarted).rejects.toThrow('warm-up');
  });

  it('kills without leaving a process', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 4, durationS: 60, limits: twoWorkers });
    const pids = run.pids();
    await Promise.all([run.kill(), run.kill()]);
    expect(pids.some(isAlive)).toBe(false);
    await expect(run.done).rejects.toBeInstanceOf(ExpectedError);
    await run.kill();
  });

  it('rejects where a worker dies, and ends the others', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 4, durationS: 60, limits: twoWorkers });
    const pids = run.pids();
    await run.windowStarted;
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await expect(run.done).rejects.toThrow(/load worker .*signal SIGKILL/);
    await expect(run.done).rejects.toBeInstanceOf(ExpectedError);
    expect(pids.some(isAlive)).toBe(false);
    expect(run.pids()).toEqual([]);
  });

  it('has workers that end with their parent, however it ended', async () => {
    const program = `
      import { ${name}Engine } from ${JSON.stringify(compiledProgram(`src/load/${name}/engine`))};
      const spec = { path: '/', headers: {}, body: '{}', stream: false, vus: 2, warmupS: 0, durationS: 60, timeoutS: 5 };
      const engine = ${name}Engine({ cores: 4, vusPerWorker: 1 });
      const run = await engine.start({ ...spec, origin: ${JSON.stringify(await slowly())} }, () => undefined);
      process.stdout.write(JSON.stringify(run.pids()));
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [text] = await once(parent.stdout, 'data');
    const pids = z
      .array(z.number())
      .length(2)
      .parse(JSON.parse(String(text)));
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 20_000, interval: 50 });
  });

  it('has workers in a process group of their own', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 1, durationS: 0.5 });
    const [pid] = run.pids();
    // A negative PID is a process group: this throws where the worker leads none.
    expect(process.kill(-(pid ?? 0), 0)).toBe(true);
    checked(await run.done);
  });
});
