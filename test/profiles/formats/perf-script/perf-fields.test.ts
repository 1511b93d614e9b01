import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/model/profile.js';
import { detectFormat } from '../../../../src/profiles/formats/formats.js';
import { parsePerfEvents } from '../../../support/perf-script.js';

const FORMS = 'test/fixtures/profiles/perf-fields';

function formOf(file: string): Buffer {
  const bytes = readFileSync(`${FORMS}/${file}`);
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** What is in a form: stacks as text with samples and weights, of all events in one if perf didn't name them. */
function stacksOf(profiles: readonly Profile[], { weights }: { weights: boolean }) {
  return profiles
    .flatMap(({ frames, stacks }) =>
      stacks.map((stack) => {
        const names = stack.frames.map((index) => `${frames[index]?.name} ${frames[index]?.kind}`);
        return `${names.join(';')} ${weights ? stack.weight : stack.samples}`;
      }),
    )
    .toSorted();
}

const DEFAULT = parsePerfEvents(formOf('default.txt').toString()).profiles;
/** Samples by the innermost function that isn't inlined: all that a form without call graphs has. */
const INNERMOST = new Map<string, number>();
for (const { frames, stacks } of DEFAULT) {
  for (const stack of stacks) {
    const index = stack.frames.findLast((one) => frames[one]?.kind !== 'inlined');
    const name = `${frames[index ?? -1]?.name} native`;
    INNERMOST.set(name, (INNERMOST.get(name) ?? 0) + stack.samples);
  }
}

describe('forms of one recording', () => {
  const files = readdirSync(FORMS).filter((file) => /\.txt(\.gz)?$/.test(file));

  it('are all there', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(DEFAULT.map(({ meta }) => meta.unit)).toEqual(['events', 'nanoseconds']);
  });

  it.each(files)('%s holds the same samples', (file) => {
    const form = formOf(file);
    const { profiles } = parsePerfEvents(form.toString());
    expect(detectFormat(form.subarray(0, 64 * 1024), file)?.name).toBe('perf-script');
    const caveats = profiles.flatMap(({ meta }) => meta.caveats);
    expect(caveats.filter((caveat) => /not understood|cut off/.test(caveat))).toEqual([]);
    const isPlain = file.startsWith('plain');
    const weighted = profiles.every(({ meta }) => meta.unit !== 'samples');
    if (isPlain) {
      const expected = [...INNERMOST].map(([name, samples]) => `${name} ${samples}`);
      expect(stacksOf(profiles, { weights: false })).toEqual(expected.toSorted());
    } else if (file === 'addresses.txt') {
      const samples = (all: readonly Profile[]) =>
        all.map((one) => one.stacks.reduce((sum, each) => sum + each.samples, 0));
      expect(samples(profiles)).toEqual(samples(DEFAULT));
    } else expect(stacksOf(profiles, { weights: weighted })).toEqual(stacksOf(DEFAULT, { weights: weighted }));
    const hasPeriods = !/^(few|comm|frames|event|plain-(few|frames|event))\.txt$/.test(file);
    expect(weighted).toBe(hasPeriods);
  });

  it.each(files.filter((file) => /time|tod|relative|all-ids|records|dump|plain\.txt/.test(file)))(
    '%s has the order of time',
    (file) => {
      const { profiles } = parsePerfEvents(formOf(file).toString());
      for (const [index, { timeline }] of profiles.entries()) {
        const expected = DEFAULT[index]?.timeline;
        // Rounded to microseconds by perf, or not.
        expect(timeline?.atUs).toEqual(expected?.atUs.map((us) => expect.closeTo(us, -1)));
      }
    },
  );
});
