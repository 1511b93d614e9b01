import { describe, expect, it } from 'vitest';
import { hotFunctions } from '../../../src/profiles/analysis/hot-functions.js';
import { frameOwners } from '../../../src/profiles/analysis/own-functions.js';
import { categorisedOf, gatewayMeta, OWN } from '../../support/categorised.js';

const categorised = categorisedOf(
  {
    'main;app.walk;app.walk;app.walk;G:encoding/json.x': 30,
    'main;app.walk': 20,
    'main;app.other;K:tcp_sendmsg': 49,
    main: 0,
  },
  { ...gatewayMeta('ferro', { requests: 100 }), rules: [OWN] },
);

describe('hotFunctions', () => {
  it('counts a stack once in a total, despite recursion', () => {
    const walk = hotFunctions(categorised, { by: 'total' }).find(({ frame }) => frame.name === 'app.walk');
    expect(walk).toMatchObject({ category: 'own', self: { samples: 20 }, total: { samples: 50 } });
    expect(walk?.total.share).toBeCloseTo(50 / 99, 9);
    // 50 samples at 99 Hz are 505 ms, over 100 requests.
    expect(walk?.total.cpuUsPerRequest).toBeCloseTo(5050.5, 1);
  });

  it('orders by self, leaves out what has none, and limits', () => {
    expect(hotFunctions(categorised).map(({ frame, self }) => [frame.name, self.samples])).toEqual([
      ['tcp_sendmsg', 49],
      ['encoding/json.x', 30],
      ['app.walk', 20],
    ]);
    expect(hotFunctions(categorised, { limit: 1 })).toHaveLength(1);
  });

  it('chooses the gateway’s own functions', () => {
    const own = hotFunctions(categorised, {
      by: 'total',
      only: frameOwners(categorised.profile).map((owner) => owner === 'gateway'),
    });
    expect(own.map(({ frame }) => frame.name)).toEqual(['app.walk', 'app.other']);
  });

  it('takes the tiers of a JavaScript function as one', () => {
    const tiers = categorisedOf({ 'J:*handle|/srv/a.js': 2, 'J:~handle|/srv/a.js': 3, 'J:handle|/srv/b.js': 1 });
    expect(hotFunctions(tiers).map(({ frame, self }) => [frame.name, frame.file, self.samples])).toEqual([
      ['handle', 'a.js', 5],
      ['handle', 'b.js', 1],
    ]);
  });

  it('gives a function the category of most of its self time, and only without any that of its total time', () => {
    const leaf = '_raw_spin_unlock_irqrestore';
    const mixed = categorisedOf({
      [`K:tcp_sendmsg;K:${leaf}`]: 10,
      [`K:do_futex;K:${leaf}`]: 30,
      [`K:tcp_sendmsg;K:${leaf};K:x`]: 50,
    });
    expect(hotFunctions(mixed, { by: 'total' }).find(({ frame }) => frame.name === leaf)?.category).toBe('locks');
    const [through] = hotFunctions(
      categorisedOf({ [`K:do_futex;K:${leaf};K:x`]: 1, [`K:tcp_sendmsg;K:${leaf};K:x`]: 2 }),
      {
        by: 'total',
      },
    ).filter(({ frame }) => frame.name === leaf);
    expect(through?.category).toBe('network');
  });

  it('has selfs that sum up to the whole', () => {
    const shares = hotFunctions(categorised).reduce((sum, { self }) => sum + self.share, 0);
    expect(shares).toBeCloseTo(1, 9);
  });
});
