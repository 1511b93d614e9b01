import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { functionValues, sandwichOf } from '../../../src/flamegraph/view/sandwich.js';
import type { TreeModel } from '../../../src/flamegraph/view/tree-model.js';
import { framedTreeOf } from '../../support/trees.js';

/** `main 6 (parse 4)`: names, totals and children. */
function written(tree: TreeModel, names: readonly string[], node = 1): string {
  const children: string[] = [];
  for (let child = node + 1; child < (tree.end[node] ?? 0); child = tree.end[child] ?? tree.nodes) {
    children.push(written(tree, names, child));
  }
  const below = children.length > 0 ? ` (${children.join(', ')})` : '';
  return `${names[tree.frame[node] ?? -1]} ${tree.total[0][node]}${below}`;
}

function sandwich(stacks: Record<string, number>, name: string) {
  const framed = framedTreeOf(stacks);
  const names = framed.frames.map((frame) => frame.name);
  const { callers, callees } = sandwichOf(framed, framed.indexOf(name));
  return { callers: written(callers, names), callees: written(callees, names) };
}

describe('a sandwich', () => {
  test('merges all calls of a function, by who calls it and by what it calls', () => {
    const stacks = { 'main;read;parse;alloc': 4, 'main;write;parse': 2, 'main;write;parse;alloc': 1, 'main;write': 9 };
    expect(sandwich(stacks, 'parse')).toEqual({
      callers: 'parse 7 (read 4 (main 4), write 3 (main 3))',
      callees: 'parse 7 (alloc 5)',
    });
  });

  test('counts a stack once, however often the function is in it', () => {
    expect(sandwich({ 'main;walk;walk;leaf': 4, 'main;walk': 1 }, 'walk')).toEqual({
      callers: 'walk 5 (main 5)',
      callees: 'walk 5 (walk 4 (leaf 4))',
    });
  });

  test('of a root has no callers, and of a leaf no callees', () => {
    expect(sandwich({ 'a;b': 1 }, 'a')).toEqual({ callers: 'a 1', callees: 'a 1 (b 1)' });
    expect(sandwich({ 'a;b': 1 }, 'b')).toEqual({ callers: 'b 1 (a 1)', callees: 'b 1' });
  });

  test('has the same total on both sides, which is that of the stacks with the function', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.dictionary(
          names.map((stack) => stack.join(';')),
          fc.integer({ min: 1, max: 99 }),
        ),
        (stacks) => {
          const framed = framedTreeOf(stacks);
          for (const { function: which, self, total } of functionValues(framed, framed.frames.length)) {
            const name = framed.frames[which]?.name ?? '';
            const sum = (holds: (stack: string[]) => boolean) =>
              Object.entries(stacks).reduce((all, [stack, weight]) => all + (holds(stack.split(';')) ? weight : 0), 0);
            expect(total).toBe(sum((stack) => stack.includes(name)));
            expect(self).toBe(sum((stack) => stack.at(-1) === name));
            const { callers, callees } = sandwichOf(framed, which);
            expect([callers.total[0][1], callees.total[0][1]]).toEqual([total, total]);
          }
        },
      ),
    );
  });
});
