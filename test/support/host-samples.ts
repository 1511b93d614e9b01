import { HostSample } from '../../src/model/resources.js';

/** A sample of the host with nothing readable but what a test cares about. */
export function hostSampleOf(facts: Partial<HostSample> = {}): HostSample {
  return HostSample.parse({ cpuPercent: null, stealPercent: null, load1: null, ...facts });
}
