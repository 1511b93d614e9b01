import { describe, expect, it } from 'vitest';
import { estimateRunS, requireLongEnough, requireTimeLeft } from '../../../src/app/cloud/run-length.js';
import { parseBenchArguments } from '../../../src/cli/bench.js';
import { rootsOf } from '../../../src/lib/roots.js';

const limit = { runLimit: { variable: 'max_run_hours', defaultHours: 4, maxHours: 48 } };
const HOUR = 3600;

describe('how long a run takes', () => {
  const seconds = (...argv: string[]) => estimateRunS(parseBenchArguments(argv), rootsOf());

  it('grows with its cells', async () => {
    const one = await seconds('-g', 'direct', '--vus', '5', '--repeats', '1');
    expect(await seconds('-g', 'direct', '--vus', '5,6', '--repeats', '3')).toBeCloseTo(6 * one);
    expect(await seconds('-g', 'direct,nginx', '--vus', '5', '--repeats', '1')).toBeCloseTo(2 * one);
    expect(await seconds('-g', 'direct,nginx', '--vus', '5', '--repeats', '1', '--flame')).toBeCloseTo(3 * one);
    expect(await seconds('-g', 'direct', '--vus', '5', '--repeats', '100')).toBeCloseTo(100 * one);
  });

  it.each([
    [['--vus', 'many'], /^after --: .*"many" is not a VU count/],
    [['--no-such-option'], /^after --: unknown option/],
    [['more'], /^after --: too many arguments/],
  ])('%j is refused as bench there would', (argv, message) => {
    expect(() => parseBenchArguments(argv)).toThrow(message);
  });
});

describe('a machine that deletes itself before the run ends', () => {
  it('is not made, with both figures and the limit that would do', () => {
    expect(() => requireLongEnough(limit, {}, 3.7 * HOUR)).not.toThrow();
    const long = () => requireLongEnough(limit, {}, 5 * HOUR);
    expect(long).toThrow(
      /takes about 5 h 0 min, after about 15 min of installing, .* after 4 h 0 min \(max_run_hours\)/,
    );
    expect(long).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^--var max_run_hours=6, or/), exitCode: 2 }),
    );
    expect(() => requireLongEnough(limit, { max_run_hours: 6 }, 5 * HOUR)).not.toThrow();
    expect(() => requireLongEnough(limit, { max_run_hours: 48 }, 60 * HOUR)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^measure less/) }),
    );
    expect(() => requireLongEnough({ runLimit: null }, {}, 1000 * HOUR)).not.toThrow();
  });

  it('is not measured on', () => {
    const now = Date.parse('2026-05-04T10:00:00.000Z');
    const ends = '2026-05-04T12:00:00.000Z';
    expect(() => requireTimeLeft(ends, 1.5 * HOUR, now, 'bench')).not.toThrow();
    expect(() => requireTimeLeft(ends, 3 * HOUR, now, 'bench')).toThrow(/takes about 3 h 0 min, .* in 2 h 0 min/);
    expect(() => requireTimeLeft(ends, 60, now + 3 * HOUR * 1000, 'bench')).toThrow(/has deleted itself by now/);
    expect(() => requireTimeLeft(null, 1e6, now, 'bench')).not.toThrow();
  });
});
