import { describe, expect, it } from 'vitest';
import { turboEnabled } from '../../src/lib/machine.js';

const NO_TURBO = '/sys/devices/system/cpu/intel_pstate/no_turbo';
const BOOST = '/sys/devices/system/cpu/cpufreq/boost';

describe('turboEnabled', () => {
  it.each([
    [{ [NO_TURBO]: '0' }, true],
    [{ [NO_TURBO]: '1' }, false],
    [{ [BOOST]: '1' }, true],
    [{ [BOOST]: '0' }, false],
    [{ [NO_TURBO]: '1', [BOOST]: '1' }, false],
    [{}, null],
  ])('of %j is %s', (files: Record<string, string>, enabled) => {
    expect(turboEnabled((path) => files[path] ?? null)).toBe(enabled);
  });
});
