import { expect, it } from 'vitest';
import { samplesNeeded } from '../../src/analysis/percentile-samples.js';

it.each([
  [0.9, 23_886],
  [0.95, 50_425],
  [0.99, 262_742],
])('percentile %f needs %i samples, as the MLPerf inference rules have it', (q, samples) => {
  expect(samplesNeeded(q)).toBe(samples);
});
