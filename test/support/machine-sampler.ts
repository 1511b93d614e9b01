import type { HostCpuTimes } from '../../src/model/resources.js';
import type { RawSample, Sampler } from '../../src/sampling/sampler.js';
import { hostSampleOf } from './host-samples.js';

/** A sampler of a machine on which other programs take this share of the time, cell after cell; then none. */
export function machineWith(shares: number[]): Sampler {
  return {
    start(_, onSample) {
      const share = shares.shift() ?? 0;
      const beganMs = performance.now();
      const sampleNow = async (): Promise<RawSample> => {
        const takenAtMs = performance.now();
        const us = (takenAtMs - beganMs) * 1000;
        const cpuTimesUs: HostCpuTimes = {
          busy: us * share,
          interrupts: 0,
          run: 0,
          kernelThreads: 0,
          others: us * share,
        };
        const host = hostSampleOf({ cores: 1, cpuTimesUs, stealPercent: 0 });
        const sample = { takenAtMs, gateway: null, mock: null, engine: null, services: null, host };
        onSample(sample);
        return sample;
      };
      const timer = setInterval(() => void sampleNow(), 50);
      return {
        sampleNow,
        async stop() {
          clearInterval(timer);
        },
      };
    },
  };
}
