import { expect, it } from 'vitest';
import { retriesOf, settingsOf } from '../../../src/app/bench/start-run.js';
import { rootsOf } from '../../../src/lib/roots.js';

it('a run that is resumed measures invalid cells again as often as it was begun with, unless told otherwise', () => {
  const settings = settingsOf(rootsOf(), {
    gatewaysDir: undefined,
    mockPort: 9000,
    identity: undefined,
    retryInvalid: retriesOf(3, null),
  });
  expect(retriesOf(undefined, settings)).toBe(3);
  expect(retriesOf(0, settings)).toBe(0);
  expect(retriesOf(undefined, { ...settings, retryInvalid: null })).toBe(1);
  expect(retriesOf(undefined, null)).toBe(1);
});
