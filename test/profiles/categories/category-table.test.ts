import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../../src/model/category.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { categoryTotals } from '../../../src/profiles/categories/category-table.js';
import { shareInterval } from '../../../src/profiles/measures.js';
import { categorisedOf, gatewayMeta } from '../../support/categorised.js';
import { anyProfile } from '../../support/profile-arbitrary.js';
import { totalWeight } from '../../support/stack-totals.js';

describe('categoryTotals', () => {
  it('has every category once, in order, and loses no weight', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const totals = categoryTotals(categorise(profile));
        const weight = totalWeight(profile);
        expect(totals.map(({ category }) => category)).toEqual(CATEGORIES);
        expect(totals.reduce((sum, total) => sum + total.weight, 0)).toBeCloseTo(weight, -4);
        expect(totals.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(weight > 0 ? 1 : 0, 9);
        for (const { share, shareInterval } of totals) {
          expect(shareInterval.low).toBeLessThanOrEqual(share + 1e-9);
          expect(shareInterval.high).toBeGreaterThanOrEqual(share - 1e-9);
        }
      }),
    );
  });

  it('gives CPU time per completed request', () => {
    const totals = categoryTotals(categorisedOf({ 'K:tcp_sendmsg': 99, 'G:net/http.x': 99 }, gatewayMeta('ferro')));
    // 99 samples at 99 Hz are a second; over 1,000 requests.
    expect(totals.find(({ category }) => category === 'network')?.cpuUsPerRequest).toBeCloseTo(1000, 3);
  });

  it.each([
    ['no load of ours', { load: null }],
    ['no completed request', { load: { vus: 1, ratePerSec: 0, requests: 0, cpuUsPerRequest: null } }],
    ['waiting instead of CPU time', { ...gatewayMeta('ferro'), kind: 'off-cpu' as const }],
    ['samples at an unknown rate', { ...gatewayMeta('ferro'), unit: 'samples' as const, rateHz: null }],
  ])('gives none with %s', (_, meta) => {
    const totals = categoryTotals(categorisedOf({ 'K:tcp_sendmsg': 9 }, meta));
    expect(totals.every(({ cpuUsPerRequest }) => cpuUsPerRequest === null)).toBe(true);
  });

  it('takes shares of the weight, and intervals by the samples of the whole profile', () => {
    const { profile, ...categories } = categorisedOf({ 'G:net/http.a': 10, 'G:encoding/json.x': 30 });
    const stacks = profile.stacks.map((stack, index) => ({ ...stack, weight: index === 0 ? 3 : 1 }));
    const totals = categoryTotals({ ...categories, profile: { ...profile, stacks } });
    const http = totals.find(({ category }) => category === 'http');
    expect(http).toMatchObject({ samples: 10, share: 0.75, shareInterval: shareInterval(0.75, 40) });
  });
});
