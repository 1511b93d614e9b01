import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep, waitUntil } from '../../src/lib/sleep.js';
import type { HostSample } from '../../src/model/resources.js';
import { HostSampler } from '../../src/sampling/host-sampler.js';
import { startHog, stopHogs } from '../support/cpu-hog.js';

afterEach(stopHogs);

const NO_TREES = { gateway: [], others: [] };

/** CPU seconds between two samples, by whose they are. */
function secondsBetween({ cpuTimesUs: from }: HostSample, { cpuTimesUs: to }: HostSample) {
  if (from === null || to === null) throw new Error('/proc/stat could not be read');
  const seconds = (name: keyof typeof from) => (to[name] - from[name]) / 1e6;
  return { busy: seconds('busy'), run: seconds('run'), others: seconds('others') };
}

/** Of the processes of one program, in a sample. */
function usedBy(sample: HostSample, pids: readonly number[]): number {
  return sample.otherPrograms.reduce((sum, { pid, cpuTimeUs }) => sum + (pids.includes(pid) ? cpuTimeUs : 0), 0) / 1e6;
}

// Other tests take their share of the cores, so only floors are sure.
describe('HostSampler', () => {
  it('sees a program that is none of the run, and names it', async () => {
    const pid = startHog();
    const sampler = new HostSampler();
    let [first, second] = [sampler.sample(NO_TREES), sampler.sample(NO_TREES)];
    const named = () => second.otherPrograms.find((each) => each.pid === pid);
    // A sample names five, and other tests may be busier for a while.
    await waitUntil(async () => {
      await sleep(1_500);
      [first, second] = [second, sampler.sample(NO_TREES)];
      return named() !== undefined;
    }, 60_000);
    const hog = named();
    expect(hog?.command).toMatch(/^(node|MainThread)$/);
    expect(hog?.cpuTimeUs).toBeGreaterThan(20_000);
    const used = secondsBetween(first, second);
    expect(used.others).toBeGreaterThanOrEqual((hog?.cpuTimeUs ?? 0) / 1e6);
    expect(used.busy).toBeGreaterThan(0.9 * used.others);
  });

  it("counts the same program as the run's where it is the gateway", async () => {
    const pid = startHog();
    const trees = { gateway: [pid], others: [] };
    const sampler = new HostSampler();
    const first = sampler.sample(trees);
    await sleep(1_500);
    const second = sampler.sample(trees);
    expect(usedBy(second, [pid])).toBe(0);
    expect(secondsBetween(first, second).run).toBeGreaterThan(0.02);
  });

  it("counts gatebench's own children as the run's, though they have ended", () => {
    const sampler = new HostSampler();
    const first = sampler.sample(NO_TREES);
    const spin = 'for (;;) { const { user, system } = process.cpuUsage(); if (user + system > 5e5) break; }';
    execFileSync(process.execPath, ['-e', spin]);
    const second = sampler.sample(NO_TREES);
    expect(secondsBetween(first, second).run).toBeGreaterThan(0.45);
  });

  it('sees programs too short-lived to be in any sample, by the parent that waits for them', async () => {
    const pid = startHog("require('child_process').execFileSync(process.execPath, ['-e', ''])");
    const sampler = new HostSampler();
    let seconds = 0;
    const used = await waitUntil(
      () => {
        seconds += usedBy(sampler.sample(NO_TREES), [pid]);
        // The parent itself only waits.
        return seconds > 0.1;
      },
      20_000,
      undefined,
      1_000,
    );
    expect(used).toBe(true);
  });
});
