import { describe, expect, it } from 'vitest';
import { cellSeconds } from '../../src/plan/estimate.js';
import { overrideScenario } from '../../src/plan/override.js';
import { aScenario } from '../support/scenario.js';

describe('cellSeconds', () => {
  it('counts idle and recovery sampling as the scenario and the command line set them', () => {
    const scenario = aScenario({ warmupS: 15, durationS: 60, idleS: 2, recoveryS: 5, cooldownS: 5 });
    expect(cellSeconds(scenario)).toBe(94);
    expect(cellSeconds(overrideScenario(scenario, { idleS: 0 }))).toBe(92);
    expect(cellSeconds(overrideScenario(scenario, { recoveryS: 0.5 }))).toBe(89.5);
  });
});
