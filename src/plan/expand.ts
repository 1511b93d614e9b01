import prand from 'pure-rand';
import { type Cell, cellId } from '../model/cell.js';
import { levelField, loadLevels } from '../model/load-level.js';
import type { Scenario } from '../model/scenario.js';

/**
 * Every cell of a run, in the order in which it is measured. Interleaved in random blocks: a block is one VU level of
 * one repeat and holds every gateway once, shuffled, so that drift of the machine doesn't fall on one gateway
 * (Abedi and Brecht, ICPE 2017). Each second block of a level has the order of the one before it turned round: with chance
 * alone, two gateways would stand in the same order in all of three blocks one time in four, and what the place in a block
 * does would look like a difference between them.
 * @param seed the same seed gives the same order
 */
export function expandCells(
  scenario: Scenario,
  gateways: readonly { gateway: string; variant: string }[],
  seed: number,
): Cell[] {
  const random = prand.xoroshiro128plus(seed);
  const cells: Cell[] = [];
  const orders = new Map<number, (typeof gateways)[number][]>();
  for (let repeat = 1; repeat <= scenario.load.repeats; repeat++) {
    for (const level of loadLevels(scenario.load)) {
      const before = repeat % 2 === 0 ? orders.get(level) : undefined;
      const order = before?.toReversed() ?? shuffled(gateways, random);
      orders.set(level, order);
      for (const { gateway, variant } of order) {
        const key = { gateway, variant, ...levelField(scenario.load.model, level), repeat, profiler: null };
        cells.push({ id: cellId(key), ...key, scenario: scenario.name, stream: scenario.request.stream });
      }
    }
  }
  return cells;
}

/** In a random order. @param seed the same seed gives the same order */
export function shuffledBy<T>(items: readonly T[], seed: number): T[] {
  return shuffled(items, prand.xoroshiro128plus(seed));
}

/** Fisher and Yates, from the end. */
function shuffled<T>(items: readonly T[], random: prand.RandomGenerator): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = prand.unsafeUniformIntDistribution(0, last, random);
    const a = result[last];
    const b = result[chosen];
    if (a !== undefined && b !== undefined) {
      result[last] = b;
      result[chosen] = a;
    }
  }
  return result;
}
