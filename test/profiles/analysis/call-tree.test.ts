import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallNode, callTree } from '../../../src/profiles/analysis/call-tree.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { categorisedOf } from '../../support/categorised.js';
import { anyProfile } from '../../support/profile-arbitrary.js';
import { totalWeight } from '../../support/stack-totals.js';

function* nodesOf(node: CallNode): Generator<CallNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

describe('callTree', () => {
  it('conserves weight and samples, in each node and over all', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const root = callTree(categorise(profile));
        expect(root.weight).toBe(totalWeight(profile));
        for (const { weight, samples, selfWeight, selfSamples, children } of nodesOf(root)) {
          // Weights of up to 2^50 add up with a rounding error in the last digits.
          expect(children.reduce((sum, child) => sum + child.weight, selfWeight) / (weight || 1)).toBeCloseTo(
            weight ? 1 : 0,
            9,
          );
          expect(children.reduce((sum, child) => sum + child.samples, selfSamples)).toBe(samples);
          expect(new Set(children.map(({ frame }) => frame)).size).toBe(children.length);
        }
      }),
    );
  });

  it('has a leaf’s category at the node where the stack ends', () => {
    const root = callTree(categorisedOf({ 'G:net/http.a': 1, 'G:net/http.a;G:encoding/json.b': 3 }));
    expect(root.children).toMatchObject([
      { category: 'http', samples: 4, selfSamples: 1, children: [{ category: 'json', samples: 3, selfSamples: 3 }] },
    ]);
  });

  it('has the heaviest children first', () => {
    const { profile } = categorisedOf({ 'main;a': 1, 'main;b': 3, 'main;c': 2 });
    const [main] = callTree(categorise(profile)).children;
    expect(main?.children.map(({ frame }) => profile.frames[frame]?.name)).toEqual(['b', 'c', 'a']);
  });

  it('merges 100,000 unique stacks into no more nodes than they need', () => {
    const frames = Array.from({ length: 400 }, (_, index) => ({
      name: `f${index}`,
      file: null,
      line: null,
      module: null,
      kind: 'native' as const,
    }));
    const stacks = Array.from({ length: 100_000 }, (_, index) => ({
      frames: [0, index % 20, 20 + (index % 380), Math.floor(index / 400)],
      samples: 1,
      weight: 1,
    }));
    const { profile } = categorisedOf({ x: 1 });
    const root = callTree(categorise({ ...profile, frames, stacks }));
    expect(root.samples).toBe(100_000);
    const nodes = [...nodesOf(root)];
    expect(nodes.length).toBeLessThan(110_000);
    expect(root.children).toHaveLength(1);
  });
});
