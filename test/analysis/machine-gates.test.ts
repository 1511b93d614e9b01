import { describe, expect, it } from 'vitest';
import { machineGates } from '../../src/analysis/machine-gates.js';
import type { HostResources } from '../../src/model/resources.js';
import { hostOf } from '../support/record-builder.js';

const WINDOW_S = 60;

function gate(name: string, facts: Partial<HostResources>) {
  const found = machineGates(hostOf(facts), WINDOW_S).find((result) => result.gate === name);
  if (found === undefined) throw new Error(`no gate "${name}"`);
  return found;
}

describe('other programs', () => {
  it.each([
    [0, 'pass'],
    [2, 'pass'],
    [2.1, 'warn'],
    [5, 'warn'],
    [5.1, 'invalid'],
    [null, 'unknown'],
  ])('%f %% of the CPU time is %s', (otherCpuPercentMean, verdict) => {
    expect(gate('other programs', { otherCpuPercentMean }).verdict).toBe(verdict);
  });

  const busiestOthers = [
    { pid: 7, command: 'spin', cpuPercentMean: 61.4 },
    { pid: 9, command: 'make', cpuPercentMean: 12 },
  ];

  it('names the busiest', () => {
    expect(gate('other programs', { otherCpuPercentMean: 37.2, busiestOthers }).message).toBe(
      'they took 37.2 % of the CPU time (bounds 2 % and 5 %): spin (PID 7) 61 % and make (PID 9) 12 % of one core',
    );
    expect(gate('other programs', { otherCpuPercentMean: 1.2, busiestOthers }).message).not.toContain('spin');
  });

  it('says that others can only be told by what they used', () => {
    const hidden = { otherCpuPercentMean: 40, unseenCpuPercentMean: 33 };
    expect(gate('other programs', { ...hidden, busiestOthers }).message).toMatch(
      /make \(PID 9\) 12 % of one core; programs that can't be seen from here 33 % of all cores$/,
    );
    expect(gate('other programs', hidden).message).toMatch(
      /: programs that can't be seen from here 33 % of all cores$/,
    );
  });
});

describe('CPU throttling', () => {
  const ofWindow = (share: number) => ({ periods: 1, timeUs: share * WINDOW_S * 1e6 });

  it.each([
    [0.001, 'pass'],
    [0.0011, 'warn'],
    [0.01, 'warn'],
    [0.011, 'invalid'],
  ])('of %f of the window is %s', (share, verdict) => {
    expect(gate('CPU throttling', { throttling: { harness: ofWindow(share), gateway: null } }).verdict).toBe(verdict);
    const both = { harness: ofWindow(share), gateway: ofWindow(share) };
    expect(gate('CPU throttling', { throttling: both }).verdict).toBe(verdict);
  });

  it("by the gateway's own quota only warns", () => {
    const throttling = { harness: ofWindow(0), gateway: ofWindow(0.4) };
    expect(gate('CPU throttling', { throttling })).toMatchObject({
      verdict: 'warn',
      message: expect.stringContaining("the gateway's CPU quota held processes back for 40 % of the window"),
    });
  });

  it('is unknown where no group can be read', () => {
    expect(gate('CPU throttling', { throttling: { harness: null, gateway: null } }).verdict).toBe('unknown');
    expect(gate('CPU throttling', { throttling: null }).verdict).toBe('unknown');
  });
});
