import { expect, test } from 'vitest';
import { rateLine } from '../../mock-upstream/rate-line.js';

test('the request rate is over the time that has really passed', () => {
  expect(rateLine(4150, 5000, 9000)).toBe('request rate: 830.0 RPS (total: 9000)');
  expect(rateLine(1, 8000, 1)).toBe('request rate: 0.1 RPS (total: 1)');
});
