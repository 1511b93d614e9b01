import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { leastDifference } from '../../src/analysis/least-difference.js';
import { recordOf } from '../support/record-builder.js';

/** Cells of 50 VUs at such rates, a minute each. */
const cells = (...rates: number[]) =>
  deriveRun(rates.map((ratePerSec, index) => recordOf({ gateway: 'a', vus: 50, repeat: index + 1, ratePerSec })));

describe('leastDifference', () => {
  it('of a rate is a request more a VU, in the window that holds the fewest', () => {
    // 600 requests and 300: 12 and 6 a VU.
    expect(leastDifference('rate', cells(10, 5), null)).toEqual({ share: 1 / 6, of: 'counting' });
  });

  it('of other metrics knows nothing of requests', () => {
    expect(leastDifference('p50', cells(5), null)).toEqual({ share: 0.001, of: 'rounding' });
  });

  it('of RSS is a batch of pages of each process, where it is smallest', () => {
    const [large, small] = deriveRun(
      [12_800, 6_400].map((pages) =>
        recordOf({ gateway: 'a', vus: 50, tree: { rssBytesMax: pages * 4096, processesMax: 3 } }),
      ),
    );
    if (large === undefined || small === undefined) throw new Error('two cells');
    expect(leastDifference('rss', [large, small], null)).toEqual({ share: 0.03, of: 'counting' });
    expect(leastDifference('rss', [large], null)).toEqual({ share: 0.015, of: 'counting' });
    expect(leastDifference('pss', [large, small], null)).toEqual({ share: 0.001, of: 'rounding' });
  });

  it('is the noise floor where that is larger', () => {
    expect(leastDifference('rate', cells(10), 0.2)).toEqual({ share: 0.2, of: 'noise' });
    expect(leastDifference('rate', cells(10), 0.05)).toEqual({ share: 1 / 12, of: 'counting' });
  });

  it('is what rounding leaves where all else is smaller, and without cells', () => {
    expect(leastDifference('rate', cells(1e6), 0.0005)).toEqual({ share: 0.001, of: 'rounding' });
    expect(leastDifference('rate', [], null)).toEqual({ share: 0.001, of: 'rounding' });
  });
});
