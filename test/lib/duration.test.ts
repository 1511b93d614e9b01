import { expect, it } from 'vitest';
import { formatDuration } from '../../src/lib/duration.js';

it('formats durations for people', () => {
  expect([0.5, 45, 60, 125, 3720].map(formatDuration)).toEqual(['0.5 s', '45 s', '1 min', '2 min 5 s', '1 h 2 min']);
});
