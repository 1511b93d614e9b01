import { HostSampler } from './host-sampler.js';
import type { RawSample, RunningSampler, Sampler, SampleTargets } from './sampler.js';
import { TreeSampler } from './tree-sampler.js';

const INTERVAL_MS = 1_000;

/** Samples from /proc at 1 Hz. pidusage counts from its previous call, so only this calls it, once at a time. */
export const procSampler: Sampler = {
  start(targets: SampleTargets, onSample: (sample: RawSample) => void): RunningSampler {
    const gateway = new TreeSampler();
    const services = new TreeSampler();
    const mock = new TreeSampler();
    const engine = new TreeSampler();
    const host = new HostSampler();
    let stopped = false;
    let queue: Promise<unknown> = Promise.resolve();

    const take = async (): Promise<RawSample> => {
      const takenAtMs = performance.now();
      const pids = {
        gateway: targets.gateway(),
        services: targets.services(),
        mock: targets.mock(),
        engine: targets.engine(),
      };
      const [gatewaySample, servicesSample, mockSample, engineSample] = await Promise.all([
        gateway.sample(pids.gateway),
        services.sample(pids.services),
        mock.sample(pids.mock),
        engine.sample(pids.engine),
      ]);
      const sample = {
        takenAtMs,
        gateway: gatewaySample,
        services: servicesSample,
        mock: mockSample,
        engine: engineSample,
        host: host.sample({ gateway: pids.gateway, others: [...pids.services, ...pids.mock, ...pids.engine] }),
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
