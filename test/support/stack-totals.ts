import type { Profile } from '../../src/model/profile.js';

/** Of each function by name: the weight of the stacks that end in it, and of those in which it is at all. */
export function totalsByName({ frames, stacks }: Profile): Map<string, { self: number; total: number }> {
  const totals = new Map<string, { self: number; total: number }>();
  const of = (name: string) => {
    const known = totals.get(name) ?? { self: 0, total: 0 };
    totals.set(name, known);
    return known;
  };
  for (const { frames: stack, weight } of stacks) {
    const names = stack.map((index) => frames[index]?.name ?? '');
    for (const name of new Set(names)) of(name).total += weight;
    of(names.at(-1) ?? '').self += weight;
  }
  return totals;
}

export function totalWeight({ stacks }: Profile): number {
  return stacks.reduce((sum, { weight }) => sum + weight, 0);
}
