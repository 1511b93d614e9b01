import { expect, it } from 'vitest';
import { delaysGivenWithin } from '../../../src/app/selfbench/true-delays.js';

it('takes the delays of answers given in the window, as given and not as drawn', () => {
  const csv = [
    'whole_us,drawn_us,given_us',
    '1000,90,100', // given at 1100: before
    '1950,45,50', // at 2000: the first
    '1000,1490,1500.5', // at 2500.5: began before, given within
    '2900,99,100', // at 3000: after
    'half a li',
    '',
  ].join('\n');
  expect([...delaysGivenWithin(csv, { fromUs: 2_000, toUs: 3_000 })]).toEqual([50, 1500.5]);
  expect(delaysGivenWithin('', { fromUs: 0, toUs: 1e12 })).toHaveLength(0);
});
