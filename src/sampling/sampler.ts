import { hostWatch } from './host.js';
import type { RawSample, RunningSampler, Sampler, SampleTargets } from './sampler-interface.js';
import { TreeWatch } from './tree-watch.js';

const INTERVAL_MS = 1_000;

/** Samples at 1 Hz. pidusage counts from its own last call, so it is called here and nowhere else, one call at a time. */
export const procSampler: Sampler = {
  start(targets: SampleTargets, onSample: (sample: RawSample) => void): RunningSampler {
    const gateway = new TreeWatch();
    const mock = new TreeWatch();
    const engine = new TreeWatch();
    const host = hostWatch();
    let stopped = false;
    let queue: Promise<unknown> = Promise.resolve();

    const take = async (): Promise<RawSample> => {
      const takenAtMs = performance.now();
      const [gatewaySample, mockSample, engineSample] = await Promise.all([
        gateway.sample(targets.gateway()),
        mock.sample(targets.mock()),
        engine.sample(targets.engine()),
      ]);
      const sample = { takenAtMs, gateway: gatewaySample, mock: mockSample, engine: engineSample, host: host() };
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
