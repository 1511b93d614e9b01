import { describe, expect, it } from 'vitest';
import { hostResources } from '../../src/analysis/host-resources.js';
import type { HostCpuTimes, HostSample, Sample } from '../../src/model/resources.js';
import { hostSampleOf } from '../support/host-samples.js';

function sample(atS: number, host: Partial<HostSample> = {}): Sample {
  const phase = atS < 0 ? 'warmup' : atS <= 60 ? 'window' : 'recovery';
  return { atS, phase, gateway: null, mock: null, engine: null, services: null, host: hostSampleOf(host) };
}

/** Of a window of 10 s on two cores, in seconds of CPU time; before it, each counter was at 100 s. */
function windowOf(seconds: Partial<HostCpuTimes>) {
  const used = { busy: 0, interrupts: 0, run: 0, kernelThreads: 0, others: 0, ...seconds };
  const at = (s: (name: keyof HostCpuTimes) => number): HostCpuTimes => ({
    busy: s('busy') * 1e6,
    interrupts: s('interrupts') * 1e6,
    run: s('run') * 1e6,
    kernelThreads: s('kernelThreads') * 1e6,
    others: s('others') * 1e6,
  });
  return hostResources([
    sample(0, { cores: 2, cpuTimesUs: at(() => 100) }),
    sample(10, { cores: 2, cpuTimesUs: at((name) => 100 + used[name]) }),
  ]);
}

describe('hostResources', () => {
  it('looks at the window only, and leaves unreadable samples out', () => {
    const samples = [
      sample(-5, { cpuPercent: 100, stealPercent: 50, load1: 99 }),
      sample(5, { cpuPercent: 40, stealPercent: 1, load1: 2 }),
      sample(6, { cpuPercent: 60, load1: 3 }),
    ];
    expect(hostResources(samples)).toMatchObject({ cpuPercentMean: 50, stealPercentMean: 1, load1Max: 3 });
  });

  it('has null for what could not be read', () => {
    expect(hostResources([sample(5)])).toEqual({
      cpuPercentMean: null,
      stealPercentMean: null,
      load1Max: null,
      otherCpuPercentMean: null,
      unseenCpuPercentMean: null,
      kernelThreadsCpuPercentMean: null,
      busiestOthers: [],
      cpuPressurePercent: null,
      throttling: { harness: null, gateway: null },
    });
    expect(hostResources([sample(-5)])).toBeNull();
  });

  it('gives what other programs used as a share of all cores', () => {
    expect(windowOf({ busy: 12, run: 8, kernelThreads: 1, others: 3 })).toMatchObject({
      otherCpuPercentMean: 15,
      unseenCpuPercentMean: 0,
      kernelThreadsCpuPercentMean: 5,
    });
  });

  it('counts what was busy though no process was seen, but not interrupts', () => {
    expect(windowOf({ busy: 12, run: 8, others: 1 })).toMatchObject({
      otherCpuPercentMean: 20,
      unseenCpuPercentMean: 15,
    });
    expect(windowOf({ busy: 12, run: 8, interrupts: 3, others: 1 })).toMatchObject({
      otherCpuPercentMean: 5,
      unseenCpuPercentMean: 0,
    });
  });

  it('never charges interrupts to programs that were seen, where the kernel counts them twice', () => {
    // Interrupts are part of the run's 8 s here, so that all that is left are the others' 4 s.
    expect(windowOf({ busy: 12, run: 8, interrupts: 3, others: 4 })).toMatchObject({ otherCpuPercentMean: 20 });
  });

  it('has no more of other programs than the host was busy', () => {
    expect(windowOf({ busy: 12, run: 11, others: 5 })).toMatchObject({ otherCpuPercentMean: 5 });
    expect(windowOf({ busy: 12, run: 12.1, others: 0 })).toMatchObject({ otherCpuPercentMean: 0 });
  });

  it('adds up what each other program used since the first sample of the window, and names three', () => {
    const spin = { pid: 7, command: 'spin' };
    const others = [2, 3, 4].map((pid) => ({ pid, command: `p${pid}`, cpuTimeUs: 10_000 * pid }));
    const samples = [
      sample(0, { otherPrograms: [{ ...spin, cpuTimeUs: 9e6 }] }),
      sample(1, { otherPrograms: [{ ...spin, cpuTimeUs: 1e6 }, ...others] }),
      sample(2, { otherPrograms: [{ ...spin, cpuTimeUs: 500_000 }] }),
    ];
    expect(hostResources(samples)?.busiestOthers).toEqual([
      { ...spin, cpuPercentMean: 75 },
      { pid: 4, command: 'p4', cpuPercentMean: 2 },
      { pid: 3, command: 'p3', cpuPercentMean: 1.5 },
    ]);
  });

  it('counts from the first sample of the window, wherever that is', () => {
    const times = (others: number): HostCpuTimes => ({ busy: others, interrupts: 0, run: 0, kernelThreads: 0, others });
    const samples = [
      sample(2, { cores: 2, cpuTimesUs: times(0), cpuPressureUs: 0 }),
      sample(12, { cores: 2, cpuTimesUs: times(4e6), cpuPressureUs: 1e6 }),
    ];
    expect(hostResources(samples)).toMatchObject({ otherCpuPercentMean: 20, cpuPressurePercent: 10 });
  });

  it('has null, and not 0, where a counter is missing at one end', () => {
    const times: HostCpuTimes = { busy: 4e6, interrupts: 0, run: 0, kernelThreads: 0, others: 4e6 };
    const whole = { cores: 2, cpuTimesUs: times, cpuPressureUs: 1e6 };
    const throttling = { harness: { periods: 3, timeUs: 100 }, gateway: null };
    const unknown = {
      otherCpuPercentMean: null,
      cpuPressurePercent: null,
      throttling: { harness: null, gateway: null },
    };
    const [known, missing] = [
      { ...whole, throttling },
      { ...whole, cpuTimesUs: null, cpuPressureUs: null },
    ];
    expect(hostResources([sample(0, known), sample(10, missing)])).toMatchObject(unknown);
    expect(hostResources([sample(0, missing), sample(10, known)])).toMatchObject(unknown);
    expect(hostResources([sample(0, whole), sample(10, { ...whole, cores: null })])).toMatchObject({
      otherCpuPercentMean: null,
    });
  });

  it('takes pressure and throttling from the first and the last counter', () => {
    const samples = [
      sample(0, { cpuPressureUs: 5e6, throttling: { harness: { periods: 3, timeUs: 100 }, gateway: null } }),
      sample(10, { cpuPressureUs: 7e6, throttling: { harness: { periods: 5, timeUs: 900 }, gateway: null } }),
    ];
    expect(hostResources(samples)).toMatchObject({
      cpuPressurePercent: 20,
      throttling: { harness: { periods: 2, timeUs: 800 }, gateway: null },
    });
  });
});
