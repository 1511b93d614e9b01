import { describe, expect, it } from 'vitest';
import { cellSeconds } from '../../src/plan/estimate.js';
import { overrideScenario } from '../../src/plan/override.js';
import { aScenario } from '../support/scenario.js';

describe('cellSeconds', () => {
  const scenario = aScenario({ warmupS: 15, durationS: 60, idleS: 2, recoveryS: 5, cooldownS: 5 });

  it('counts idle and recovery sampling as the scenario and the command line set them', () => {
    const seconds = (overrides: Parameters<typeof overrideScenario>[1]) =>
      cellSeconds({ scenario: overrideScenario(scenario, overrides), calibration: false });
    expect(seconds({})).toBe(94);
    expect(seconds({ idleS: 0 })).toBe(92);
    expect(seconds({ recoveryS: 0.5 })).toBe(89.5);
  });

  it('counts what it takes to measure the machine itself', () => {
    expect(cellSeconds({ scenario, calibration: true })).toBe(96);
  });
});
