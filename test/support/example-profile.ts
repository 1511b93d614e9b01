import type { Category } from '../../src/model/category.js';
import type { Frame, ProfileMeta } from '../../src/model/profile.js';
import type { CategorisedProfile } from '../../src/profiles/categories/categorise.js';
import { blankMeta, ProfileBuilder } from '../../src/profiles/profile-builder.js';
import type { FlameEntry } from '../../src/report/profiles/flame-entry.js';

/** A frame as tests write it: a name and a category, and what else matters. */
export interface ExampleFrame extends Partial<Frame> {
  name: string;
  category?: Category;
}

/** A stack, root first, and its samples, each of 10 ms. */
export type ExampleStack = [frames: ExampleFrame[], samples: number];

export const MAIN: ExampleFrame = { name: 'main', file: '/srv/app/main.js', line: 3, module: 'app', category: 'own' };
export const PARSE: ExampleFrame = {
  name: 'parseJson',
  file: '/srv/app/json.js',
  line: 12,
  module: 'app',
  category: 'json',
};
const SEND: ExampleFrame = { name: 'tcp_sendmsg', module: '[kernel]', kind: 'kernel', category: 'network' };
export const COLLECT: ExampleFrame = {
  name: 'v8::internal::Scavenger::Process',
  module: '/usr/bin/node',
  category: 'gc',
};

/** 100 samples: JSON 30, network 20, garbage collection 40, its own code 10. */
export const EXAMPLE_STACKS: ExampleStack[] = [
  [[MAIN, PARSE], 30],
  [[MAIN, { name: 'respond', module: 'app', category: 'own' }, SEND], 20],
  [[MAIN], 10],
  [[COLLECT], 40],
];

const SAMPLE_NS = 10_000_000;

/** A profile of which each frame, and each stack by its last frame, has the category that the test gives. */
export function exampleProfile(stacks: readonly ExampleStack[], meta: Partial<ProfileMeta> = {}): CategorisedProfile {
  const builder = new ProfileBuilder();
  const frameCategories: Category[][] = [];
  for (const [frames, samples] of stacks) {
    const indices = frames.map(({ category: _, ...frame }) =>
      builder.frame({ file: null, line: null, module: null, kind: 'native', ...frame }),
    );
    builder.add(indices, samples, samples * SAMPLE_NS);
    frameCategories.push(frames.map(({ category }) => category ?? 'unknown'));
  }
  const profile = builder.build(
    blankMeta({
      title: 'Example 1.2.3, perf, 50 VUs',
      unit: 'nanoseconds',
      tool: 'perf 6.1.187',
      event: 'cpu-clock',
      rateHz: 99,
      durationS: 10,
      lost: 0,
      kernel: 'named',
      startedAt: '2026-11-22T17:42:00.000Z',
      command: 'perf record -e cpu-clock -F 99',
      subject: { label: 'example', title: 'Example', version: '1.2.3', language: 'TypeScript', colour: '#d62728' },
      load: { vus: 50, ratePerSec: 930, requests: 1000, cpuUsPerRequest: null },
      ...meta,
    }),
  );
  return {
    profile,
    stackCategories: frameCategories.map((categories) => categories.at(-1) ?? 'unknown'),
    frameCategories,
  };
}

/** The example as a profiled cell. */
export function exampleEntry(
  stacks: readonly ExampleStack[] = EXAMPLE_STACKS,
  meta: Partial<ProfileMeta> = {},
): FlameEntry {
  return {
    cellId: 'example-v50-r1-perf',
    profile: exampleProfile(stacks, meta),
    unprofiled: { ratePerSec: 1000, cpuUsPerRequest: null },
    ratePerSec: 930,
    outcomeWords: 'ok',
  };
}
