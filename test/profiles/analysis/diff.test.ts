import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiffNode, ProfileDiff } from '../../../src/profiles/analysis/diff.js';
import { diffProfiles } from '../../../src/profiles/analysis/diff.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { categorisedOf, gatewayMeta } from '../../support/categorised.js';
import { anyProfile } from '../../support/profile-arbitrary.js';

/** Each node by the names on its path, with its figures. */
function paths({ tree, frames }: ProfileDiff): Map<string, [number, number, number, number]> {
  const found = new Map<string, [number, number, number, number]>();
  const visit = (node: DiffNode, path: string): void => {
    found.set(path, [node.before, node.after, node.selfBefore, node.selfAfter]);
    for (const child of node.children) visit(child, `${path}\0${JSON.stringify(frames[child.frame])}`);
  };
  if (tree) visit(tree, '');
  return found;
}

const before = categorisedOf(
  { 'main;app.a.func1': 50, 'main;app.gone': 30, 'K:tcp_sendmsg': 20 },
  gatewayMeta('ferro', { requests: 1000 }),
);
const after = categorisedOf(
  { 'main;app.a.func2': 100, 'main;app.new': 60, 'K:tcp_sendmsg': 40 },
  gatewayMeta('ferro', { requests: 2000, vus: 300 }),
);

describe('diffProfiles', () => {
  const diff = diffProfiles(before, after);
  const at = (name: string) => {
    const found = diff.functions.find(({ frame }) => diff.frames[frame]?.name === name);
    return found && [found.selfBefore, found.selfAfter].map(Math.round);
  };

  it('compares CPU time per request: twice the samples for twice the requests is no change', () => {
    expect(diff.measure).toEqual({ unit: 'cpu-us-per-request' });
    expect(at('app.a.func')).toEqual([505, 505]);
    expect(at('tcp_sendmsg')).toEqual([202, 202]);
  });

  it('shows what vanished and what is new, and orders by change', () => {
    expect(at('app.gone')).toEqual([303, 0]);
    expect(at('app.new')).toEqual([0, 303]);
    expect(
      diff.functions
        .slice(0, 2)
        .map(({ frame }) => diff.frames[frame]?.name)
        .sort(),
    ).toEqual(['app.gone', 'app.new']);
    expect(paths(diff).size).toBe(6);
  });

  it('keeps before and after apart', () => {
    expect(diff.before).toBe(before.profile.meta);
    expect(diff.after).toBe(after.profile.meta);
    expect(diff.tree?.before).toBeCloseTo(1010.1, 1);
    const grown = diffProfiles(
      categorisedOf({ a: 10 }, gatewayMeta('ferro')),
      categorisedOf({ a: 30 }, gatewayMeta('ferro')),
    );
    expect(grown.functions).toMatchObject([
      { selfBefore: expect.closeTo(101, 0), selfAfter: expect.closeTo(303, 0), totalAfter: expect.closeTo(303, 0) },
    ]);
    expect(grown.tree?.children).toMatchObject([{ before: expect.closeTo(101, 0), after: expect.closeTo(303, 0) }]);
  });

  it('lists the largest changes first, up or down, and the largest children of either side', () => {
    const { functions, frames, tree } = diffProfiles(
      categorisedOf({ 'main;same': 10, 'main;gone': 50, 'main;more': 30 }, gatewayMeta('ferro')),
      categorisedOf({ 'main;same': 10, 'main;more': 40 }, gatewayMeta('ferro')),
    );
    const name = (frame: number) => frames[frame]?.name;
    expect(functions.map(({ frame }) => name(frame))).toEqual(['gone', 'more', 'main', 'same']);
    expect(tree?.children[0]?.children.map(({ frame }) => name(frame))).toEqual(['gone', 'more', 'same']);
  });

  it('gives a function the category of the side with more of it', () => {
    const locks = categorisedOf({ 'K:do_futex;K:_raw_spin_unlock_irqrestore': 10 }, gatewayMeta('ferro'));
    const network = categorisedOf({ 'K:tcp_sendmsg;K:_raw_spin_unlock_irqrestore': 30 }, gatewayMeta('ferro'));
    for (const diff of [diffProfiles(locks, network), diffProfiles(network, locks)]) {
      const leaf = diff.functions.find(({ frame }) => diff.frames[frame]?.name === '_raw_spin_unlock_irqrestore');
      expect(leaf?.category).toBe('network');
    }
  });

  it('always lists unknown, and no other category that neither side has', () => {
    const http = categorisedOf({ 'G:net/http.a': 5 }, gatewayMeta('ferro'));
    expect(diffProfiles(http, http).categories.map(({ category }) => category)).toEqual(['http', 'unknown']);
  });

  it('has no tree for different kinds of profiles', () => {
    const waiting = categorisedOf({ main: 5 }, { ...gatewayMeta('ferro'), kind: 'off-cpu' });
    expect(diffProfiles(before, waiting).treeAbsentReason).toMatch(/a cpu profile .* a off-cpu profile/);
  });

  it('has categories that sum up to the whole', () => {
    expect(diff.categories.reduce((sum, category) => sum + category.before, 0)).toBeCloseTo(diff.tree?.before ?? 0, 6);
    expect(diff.categories.reduce((sum, category) => sum + category.after, 0)).toBeCloseTo(diff.tree?.after ?? 0, 6);
    expect(diff.categories.map(({ category }) => category)).toEqual(['network', 'unknown']);
  });

  it('says so where it can only compare shares', () => {
    const { measure, tree } = diffProfiles(before, categorisedOf({ main: 1 }, { title: 'imported' }));
    expect(measure).toEqual({ unit: 'share', reason: expect.stringContaining('imported') });
    expect([tree?.before, tree?.after]).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
  });

  it('compares categories alone across languages', () => {
    const node = categorisedOf({ 'J:x|node:_http_server': 5 }, gatewayMeta('portkey', { language: 'TypeScript' }));
    const across = diffProfiles(before, node);
    expect(across.tree).toBeNull();
    expect(across.treeAbsentReason).toMatch(/Go.*TypeScript/);
    expect(across.functions).toEqual([]);
    expect(across.categories.find(({ category }) => category === 'http')).toMatchObject({
      before: 0,
      after: expect.any(Number),
    });
  });

  it('compares categories alone where different events were counted', () => {
    const of = (event: string) =>
      categorisedOf({ main: 1 }, { ...gatewayMeta('ferro'), kind: 'other', event, load: null });
    expect(diffProfiles(of('page-faults'), of('instructions')).treeAbsentReason).toBe(
      'one counts page-faults and the other instructions',
    );
    expect(diffProfiles(of('page-faults'), of('page-faults')).tree).not.toBeNull();
  });

  it('warns of different profilers and kernels', () => {
    const pprof = categorisedOf({ main: 1 }, { ...gatewayMeta('ferro'), profiler: 'pprof', kernel: 'absent' });
    expect(diffProfiles(before, pprof).caveats).toHaveLength(2);
  });

  it('is antisymmetric: reversed, before and after change places, in tree, functions and categories', () => {
    fc.assert(
      fc.property(anyProfile, anyProfile, (a, b) => {
        const [left, right] = [
          categorise(a),
          categorise({ ...b, meta: { ...b.meta, kind: a.meta.kind, event: a.meta.event, unit: a.meta.unit } }),
        ];
        const there = diffProfiles(left, right);
        const back = diffProfiles(right, left);
        const swapped = new Map([...paths(back)].map(([path, [x, y, sx, sy]]) => [path, [y, x, sy, sx]]));
        expect(new Map([...paths(there)])).toEqual(swapped);
        expect(there.categories.map(({ category, before, after }) => [category, after, before])).toEqual(
          back.categories.map(({ category, before, after }) => [category, before, after]),
        );
        const key = (diff: ProfileDiff, reverse: boolean) =>
          diff.functions
            .map(({ frame, selfBefore, selfAfter, totalBefore, totalAfter }) =>
              JSON.stringify([
                diff.frames[frame],
                ...(reverse
                  ? [selfAfter, selfBefore, totalAfter, totalBefore]
                  : [selfBefore, selfAfter, totalBefore, totalAfter]),
              ]),
            )
            .sort();
        expect(key(there, false)).toEqual(key(back, true));
      }),
    );
  });
});
