import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { readProcessTable, treeOf } from '../../src/lib/process-table.js';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import { parsePssBytes, parseThreads, readProcessDetails, TreeSampler } from '../../src/sampling/tree-sampler.js';

let child: ChildProcess | undefined;
afterEach(() => {
  if (child?.pid) for (const pid of treeOf(child.pid, readProcessTable())) process.kill(pid, 'SIGKILL');
});

/** A master with this many workers, each of which burns CPU. */
function busyTree(workers: number): number {
  const program = `const {fork}=require('child_process');
    if (process.argv[1]==='worker') { for(;;); }
    for (let i=0;i<${workers};i++) require('child_process').spawn(process.execPath,['-e','for(;;);']);
    setInterval(()=>{},1000)`;
  child = spawn(process.execPath, ['-e', program], { detached: true, stdio: 'ignore' });
  return child.pid ?? 0;
}

describe('TreeSampler', () => {
  it('adds up master and workers, and its CPU time agrees with its percentage', async () => {
    const root = busyTree(2);
    const pids = () => treeOf(root, readProcessTable());
    expect(await waitUntil(() => pids().length === 3, 20_000)).toBe(true);
    const watch = new TreeSampler();
    const first = await watch.sample(pids());
    expect(first).toMatchObject({ cpuPercent: null, processes: 3 });
    const startedMs = performance.now();
    await sleep(1_500);
    const second = await watch.sample(pids());
    const elapsedUs = (performance.now() - startedMs) * 1000;
    const fromCounters = (100 * ((second?.cpuTimeUs ?? 0) - (first?.cpuTimeUs ?? 0))) / elapsedUs;
    // Two spinning processes; how much of the cores they get is for the machine to say, and so is how far our two
    // readings of the clock are from the sampler's.
    expect(fromCounters).toBeGreaterThan(2);
    expect((second?.cpuPercent ?? 0) / fromCounters).toBeGreaterThan(0.5);
    expect((second?.cpuPercent ?? 0) / fromCounters).toBeLessThan(2);
    expect(second?.rssBytes).toBeGreaterThan(second?.pssBytes ?? Number.POSITIVE_INFINITY);
  });

  it('keeps the CPU time of a worker that has gone', async () => {
    const root = busyTree(1);
    const pids = () => treeOf(root, readProcessTable());
    expect(await waitUntil(() => pids().length === 2, 20_000)).toBe(true);
    const watch = new TreeSampler();
    await watch.sample(pids());
    await sleep(600);
    const before = await watch.sample(pids());
    const worker = pids().find((pid) => pid !== root) ?? 0;
    process.kill(worker, 'SIGKILL');
    await waitUntil(() => pids().length === 1, 20_000);
    const after = await watch.sample(pids());
    expect(after).toMatchObject({ processes: 1, processesEnded: 1 });
    expect(before?.processesEnded).toBe(0);
    expect(after?.cpuTimeUs).toBeGreaterThanOrEqual(before?.cpuTimeUs ?? Number.POSITIVE_INFINITY);
  });

  it('doesn’t take a command that one sample alone saw for a worker that ended', async () => {
    const root = busyTree(1);
    const pids = () => treeOf(root, readProcessTable());
    expect(await waitUntil(() => pids().length === 2, 20_000)).toBe(true);
    const watch = new TreeSampler();
    await watch.sample(pids());
    process.kill(pids().find((pid) => pid !== root) ?? 0, 'SIGKILL');
    await waitUntil(() => pids().length === 1, 20_000);
    expect(await watch.sample(pids())).toMatchObject({ processes: 1, processesEnded: 0 });
  });

  it('sees less than a clock tick', async () => {
    // Works for 7 ms whenever it is asked to, and says what that took by its own clock; a tick is 10 ms.
    const program = `const us=()=>{const {user,system}=process.cpuUsage();return user+system};
      process.stdin.on('data',()=>{const from=us();while(us()-from<7000);process.stdout.write(String(us())+'\\n')});
      process.stdout.write('ready\\n')`;
    const worker = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] });
    onTestFinished(() => void worker.kill('SIGKILL'));
    const lines = createInterface(worker.stdout)[Symbol.asyncIterator]();
    await lines.next();
    const ask = async () => {
      worker.stdin.write('x');
      return Number((await lines.next()).value);
    };
    const watch = new TreeSampler();
    const errorsUs: number[] = [];
    let before: { own: number; seen: number } | null = null;
    for (let round = 0; round < 8; round++) {
      const own = await ask();
      // What follows its work, such as going to sleep, is in neither clock yet.
      await sleep(20);
      const seen = (await watch.sample([worker.pid ?? 0]))?.cpuTimeUs ?? 0;
      if (before !== null) errorsUs.push(Math.abs(seen - before.seen - (own - before.own)));
      before = { own, seen };
    }
    expect(errorsUs.sort((a, b) => a - b)[errorsUs.length >> 1]).toBeLessThan(2_000);
  });

  it('has no reading where nothing lives', async () => {
    const watch = new TreeSampler();
    expect(await watch.sample([])).toBeNull();
    expect(await watch.sample([2 ** 22 + 1])).toBeNull();
  });
});

describe('/proc/PID', () => {
  it('reads PSS and threads', () => {
    expect(parsePssBytes('Rss:  2000 kB\nPss:                1234 kB\nPss_Anon: 1 kB\n')).toBe(1234 * 1024);
    expect(parsePssBytes('')).toBeNull();
    expect(parseThreads('Name:\tnode\nThreads:\t11\n')).toBe(11);
  });

  it('has readings for this process and none for one that is not there', async () => {
    const own = await readProcessDetails(process.pid);
    expect(own.pssBytes).toBeGreaterThan(1e6);
    expect(own.descriptors).toBeGreaterThan(3);
    expect(await readProcessDetails(2 ** 22 + 1)).toEqual({ pssBytes: null, threads: null, descriptors: null });
  });
});
