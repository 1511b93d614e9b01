import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { type HostTimes, hostUse, parseHostTimes } from '../lib/cpu-times.js';
import type { RawSample, RunningSampler, Sampler, SampleTargets } from './sampler.js';
import { TreeSampler } from './tree-sampler.js';

const INTERVAL_MS = 1_000;

/** Samples from /proc at 1 Hz. pidusage counts from its previous call, so only this calls it, once at a time. */
export const procSampler: Sampler = {
  start(targets: SampleTargets, onSample: (sample: RawSample) => void): RunningSampler {
    const gateway = new TreeSampler();
    const mock = new TreeSampler();
    const engine = new TreeSampler();
    const host = new HostSampler();
    let stopped = false;
    let queue: Promise<unknown> = Promise.resolve();

    const take = async (): Promise<RawSample> => {
      const takenAtMs = performance.now();
      const [gatewaySample, mockSample, engineSample] = await Promise.all([
        gateway.sample(targets.gateway()),
        mock.sample(targets.mock()),
        engine.sample(targets.engine()),
      ]);
      const sample = {
        takenAtMs,
        gateway: gatewaySample,
        mock: mockSample,
        engine: engineSample,
        host: host.sample(),
      };
      if (!stopped) onSample(sample);
      return sample;
    };
    const sampleNow = (): Promise<RawSample> => {
      const next = queue.then(take);
      queue = next.catch(() => {});
      return next;
    };

    void sampleNow().catch(() => {});
    const timer = setInterval(() => void sampleNow().catch(() => {}), INTERVAL_MS);
    return {
      sampleNow,
      async stop() {
        clearInterval(timer);
        await queue;
        stopped = true;
      },
    };
  },
};

/** The host's CPU use since the previous call, and its load average. */
class HostSampler {
  #last = readHostTimes();

  sample(): RawSample['host'] {
    const now = readHostTimes();
    const use = this.#last && now ? hostUse(this.#last, now) : { cpuPercent: null, stealPercent: null };
    this.#last = now;
    return { ...use, load1: loadavg()[0] ?? null };
  }
}

function readHostTimes(): HostTimes | null {
  try {
    return parseHostTimes(readFileSync('/proc/stat', 'latin1'));
  } catch {
    return null;
  }
}
