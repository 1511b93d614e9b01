import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandCells } from '../../src/plan/expand.js';
import { aScenario } from '../support/scenario.js';

const NAMES = ['direct', 'nginx', 'ferro', 'bifrost', 'litellm', 'portkey'];
const gateways = NAMES.map((gateway) => ({ gateway, variant: 'default' }));

describe('expandCells', () => {
  it('holds every gateway once in every block, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 4 }), (seed, repeats) => {
        const scenario = aScenario({ vus: [50, 150], repeats });
        const cells = expandCells(scenario, gateways, seed);
        expect(cells).toHaveLength(NAMES.length * 2 * repeats);
        for (let block = 0; block < cells.length; block += NAMES.length) {
          const names = cells.slice(block, block + NAMES.length);
          expect(names.map((cell) => cell.gateway).sort()).toEqual([...NAMES].sort());
          expect(new Set(names.map((cell) => `${cell.vus}/${cell.repeat}`)).size).toBe(1);
        }
        expect(new Set(cells.map((cell) => cell.id)).size).toBe(cells.length);
      }),
    );
  });

  it('turns the order of each second block of a level round, and shuffles the one after it anew', () => {
    const cells = expandCells(aScenario({ vus: [50, 150], repeats: 3 }), gateways, 11);
    const order = (vus: number, repeat: number) =>
      cells.filter((cell) => cell.vus === vus && cell.repeat === repeat).map(({ gateway }) => gateway);
    for (const vus of [50, 150]) {
      expect(order(vus, 2)).toEqual(order(vus, 1).reverse());
      expect(order(vus, 3)).not.toEqual(order(vus, 1));
      expect(order(vus, 3)).not.toEqual(order(vus, 2));
    }
    expect(order(50, 1)).not.toEqual(order(150, 1));
  });

  it('gives the same order for the same seed and others for others', () => {
    const order = (seed: number) => expandCells(aScenario({ vus: [50] }), gateways, seed).map((cell) => cell.gateway);
    expect(order(7)).toEqual(order(7));
    const orders = new Set(Array.from({ length: 50 }, (_, seed) => order(seed).join()));
    expect(orders.size).toBeGreaterThan(40);
  });

  it('puts no gateway first more often than chance would', () => {
    const firsts = new Map<string, number>();
    for (let seed = 0; seed < 6_000; seed++) {
      const first = expandCells(aScenario({ vus: [50] }), gateways, seed)[0]?.gateway ?? '';
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    // 1,000 expected each; 5 standard deviations of a binomial are 144.
    for (const name of NAMES) expect(Math.abs((firsts.get(name) ?? 0) - 1_000)).toBeLessThan(144);
  });
});
