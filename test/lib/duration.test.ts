import { describe, expect, it } from 'vitest';
import { formatDuration, parseDurationS } from '../../src/lib/duration.js';
import { UsageError } from '../../src/lib/errors.js';

describe('parseDurationS', () => {
  it.each([
    ['60s', 60],
    ['1m30s', 90],
    ['1.5s', 1.5],
    ['250us', 250e-6],
    ['2h', 7200],
    ['0', 0],
  ])('%s', (text, seconds) => expect(parseDurationS(text, '--duration')).toBeCloseTo(seconds, 9));

  it.each(['', '60', 's', '-5s', '5 s', '60sec', '1e3s'])('refuses "%s"', (text) =>
    expect(() => parseDurationS(text, '--duration')).toThrow(UsageError),
  );
});

it('formats durations for people', () => {
  expect([0.5, 45, 60, 125, 3720].map(formatDuration)).toEqual(['0.5 s', '45 s', '1 min', '2 min 5 s', '1 h 2 min']);
});
