import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileData } from '../../../src/flamegraph/page/pack.js';
import type { NamedFrame, Packed } from '../../../src/flamegraph/view/page-data.js';
import { ProfileModel } from '../../../src/flamegraph/view/profile-model.js';
import { Timeline } from '../../../src/flamegraph/view/time-chart.js';
import type { TreeModel } from '../../../src/flamegraph/view/tree-model.js';
import type { Profile } from '../../../src/model/profile.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { GROUPINGS, groupBy } from '../../../src/profiles/group-by.js';
import { blankMeta, ProfileBuilder } from '../../../src/profiles/profile-builder.js';
import { TWO_PROGRAMS, timedEntry } from '../../support/threaded-profile.js';

const inflate = ({ columns }: Packed) => new Uint8Array(inflateRawSync(Buffer.from(columns, 'base64')));

function modelOf(profile: Profile): ProfileModel {
  const data = profileData(categorise(profile), 'none');
  const page: typeof data = JSON.parse(JSON.stringify(data));
  return new ProfileModel(page, { tree: inflate(page.tree), ends: inflate(page.ends) });
}

/** Weight and samples of each stack that has any, by its names. */
function stacksOf({ tree, frames }: { tree: TreeModel; frames: readonly NamedFrame[] }): Map<string, number[]> {
  const pathOf = (node: number): string[] =>
    node <= 0 ? [] : [...pathOf(tree.parent[node] ?? 0), frames[tree.frame[node] ?? -1]?.name ?? ''];
  return new Map(
    Array.from({ length: tree.nodes }, (_, node) => node)
      .filter((node) => (tree.self[1][node] ?? 0) > 0)
      .map((node) => [pathOf(node).join(';'), [tree.self[0][node] ?? 0, tree.self[1][node] ?? 0]]),
  );
}

/** The same of a profile, whose stacks may be the same in several threads. */
function expectedOf({ stacks, frames }: Profile): Map<string, number[]> {
  const sums = new Map<string, number[]>();
  for (const { frames: path, weight, samples } of stacks) {
    const key = path.map((index) => frames[index]?.name ?? '').join(';');
    const [weights = 0, counts = 0] = sums.get(key) ?? [];
    sums.set(key, [weights + weight, counts + samples]);
  }
  return sums;
}

describe('a page’s data', () => {
  const samples = fc.array(
    fc.record({
      stack: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 5 }),
      thread: fc.option(fc.record({ comm: fc.constantFrom('x', 'y'), pid: fc.nat(2), tid: fc.nat(2) })),
      weight: fc.nat(10_000),
    }),
    { minLength: 1, maxLength: 30 },
  );

  test('is the whole profile, in every grouping', () => {
    fc.assert(
      fc.property(samples, (taken) => {
        const builder = new ProfileBuilder();
        for (const { stack, thread, weight } of taken) {
          const frames = stack.map((name) =>
            builder.frame({ name, file: null, line: null, module: null, kind: 'native' }),
          );
          builder.add(frames, 1, weight, { thread: thread === null ? undefined : builder.thread(thread) });
        }
        const profile = builder.build(blankMeta({ title: 'any', unit: 'nanoseconds' }));
        const model = modelOf(profile);
        for (const by of GROUPINGS) {
          if (by !== 'none' && model.page.groupings.every((grouping) => grouping.by !== by)) continue;
          expect(stacksOf(model.grouped(by))).toEqual(expectedOf(groupBy(profile, by)));
        }
      }),
    );
  });

  test('keeps weights that are no whole numbers', () => {
    const builder = new ProfileBuilder();
    const frame = builder.frame({ name: 'half', file: null, line: null, module: null, kind: 'native' });
    builder.add([frame], 1, 0.5);
    const model = modelOf(builder.build(blankMeta({ title: 'half', unit: 'samples' })));
    expect(stacksOf(model.grouped('none'))).toEqual(new Map([['half', [0.5, 1]]]));
  });

  test('has the order of time, thread by thread', () => {
    const { profile } = timedEntry(TWO_PROGRAMS).profile;
    const model = modelOf(profile);
    const packed = model.page.timeline;
    expect(packed?.lanes).toEqual(['nginx-7/7', 'php-8/8']);
    if (!packed) return;
    const timeline = new Timeline(inflate(packed), packed);
    expect(timeline.endUs).toBe(100_000);
    const { tree, frames } = model.grouped('none');
    const { shape, startUs } = timeline.chart(1, tree);
    expect(Array.from(shape.frame, (index) => frames[index]?.name ?? 'all')).toEqual([
      'all',
      'main',
      'execute',
      'alloc',
    ]);
    expect([...startUs]).toEqual([0, 5000, 5000, 5000]);
  });
});
