import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../../src/lib/errors.js';
import { autocannonEngine } from '../../../src/load/autocannon/engine.js';
import { WORKER_PROGRAM } from '../../../src/load/autocannon/worker-process.js';
import { answer, checked, httpServer, isAlive, startLoad } from './rig.js';

const twoWorkers = { cores: 2, vusPerWorker: 1 };
const slowly = () => httpServer((_request, response) => void setTimeout(() => answer(response), 10));

describe('autocannon engine: its processes', () => {
  it('names itself, and can run here', async () => {
    const engine = autocannonEngine();
    expect(engine.name).toBe('autocannon');
    expect(engine.version).toBe(createRequire(import.meta.url)('autocannon/package.json').version);
    expect(await engine.unavailable()).toBeNull();
  });

  it('lists them while they live', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 3, engine: twoWorkers });
    const pids = run.pids();
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    checked(await run.done);
    expect(run.pids()).toEqual([]);
    expect(pids.some(isAlive)).toBe(false);
  });

  it('stops early and reports what it measured', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 4, warmupS: 0.2, durationS: 60, engine: twoWorkers });
    const pids = run.pids();
    await run.windowStarted;
    await sleep(1200);
    run.stop();
    run.stop();
    const result = checked(await run.done);
    expect(result.windowS).toBeGreaterThan(1);
    expect(result.windowS).toBeLessThan(10);
    expect(result.requests.ok).toBeGreaterThan(20);
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
    const run = await startLoad({ origin: await slowly(), vus: 4, durationS: 60, engine: twoWorkers });
    const pids = run.pids();
    await Promise.all([run.kill(), run.kill()]);
    expect(pids.some(isAlive)).toBe(false);
    await expect(run.done).rejects.toBeInstanceOf(ExpectedError);
    await run.kill();
  });

  it('rejects where a worker dies, and ends the others', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 4, durationS: 60, engine: twoWorkers });
    const pids = run.pids();
    await run.windowStarted;
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await expect(run.done).rejects.toThrow(/load worker .*signal SIGKILL/);
    await expect(run.done).rejects.toBeInstanceOf(ExpectedError);
    expect(pids.some(isAlive)).toBe(false);
    expect(run.pids()).toEqual([]);
  });

  it('has workers that end with their parent', async () => {
    const worker = fork(WORKER_PROGRAM, [], { execArgv: [], serialization: 'advanced' });
    await once(worker, 'message');
    worker.disconnect();
    const [code] = await once(worker, 'exit');
    expect(code).toBe(0);
  });

  it('has workers in a process group of their own', async () => {
    const run = await startLoad({ origin: await slowly(), vus: 1, durationS: 0.5 });
    const [pid] = run.pids();
    // A negative PID is a process group: this throws where the worker leads none.
    expect(process.kill(-(pid ?? 0), 0)).toBe(true);
    checked(await run.done);
  });
});
