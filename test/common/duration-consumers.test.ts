import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constantLatencyS } from '../../common/latency.js';
import { parseFlags } from '../../mock-upstream/flags.js';
import { cellOptions } from '../../src/cli/options/cell-options.js';
import { Latency } from '../../src/model/scenario.js';

/** Whoever reads a duration, each as seconds, or null where it refuses. */
const READERS: [name: string, read: (text: string) => number | null][] = [
  ['--warmup', (text) => orNull(() => Number(flag('--warmup')(text)))],
  ["a chart's ideal line", constantLatencyS],
  ["the mock's --latency", mockLatencyS],
  ["the scenario's latency", (text) => (Latency.safeParse(text).success ? mockLatencyS(text) : null)],
  ['--upstream-latency', (text) => orNull(() => mockLatencyS(String(flag('--upstream-latency')(text))))],
  ['an argument of a distribution', (text) => distributionMeanS(`normal(${text}, 0)`)],
];

function orNull(read: () => number | null): number | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** What a flag of `bench` makes of its text. */
function flag(name: string): (text: string) => unknown {
  const option = cellOptions().find(({ long }) => long === name);
  if (!option?.parseArg) throw new Error(`there is no ${name}`);
  const parse = option.parseArg;
  return (text) => parse(text, undefined);
}

function mockLatencyS(text: string): number | null {
  const parsed = parseFlags([`--latency=${text}`]);
  return parsed.kind === 'options' && parsed.options.latency.kind === 'constant'
    ? parsed.options.latency.delayMs / 1000
    : null;
}

function distributionMeanS(text: string): number | null {
  if (!Latency.safeParse(text).success) return null;
  const parsed = parseFlags([`--latency=${text}`]);
  return parsed.kind === 'options' && parsed.options.latency.kind === 'normal'
    ? parsed.options.latency.meanMs / 1000
    : null;
}

/** Every text is the same duration to every reader, or none to all of them. */
const DURATIONS: [text: string, seconds: number | null][] = [
  ['0', 0],
  ['+0', 0],
  ['0s', 0],
  ['60ms', 0.06],
  ['.06s', 0.06],
  ['60.ms', 0.06],
  ['+60ms', 0.06],
  ['60\u00b5s', 60e-6],
  ['60\u03bcs', 60e-6],
  ['60us', 60e-6],
  ['100ns', 100e-9],
  ['1m30s', 90],
  ['30s1m', 90],
  ['0.5h', 1800],
  ['1h', 3600],
  ['', null],
  ['60', null],
  ['.', null],
  ['.s', null],
  ['ms', null],
  ['-0s', null],
  ['-60ms', null],
  ['--60ms', null],
  ['60 ms', null],
  ['60mS', null],
  ['60msec', null],
  ['1d', null],
  ['1e3s', null],
  ['60ms later', null],
  ['1m-5s', null],
  ['\u0661s', null],
];

describe.each(READERS)('%s', (_name, read) => {
  test.each(DURATIONS)('"%s" is %s', (text, seconds) => {
    const parsed = read(text);
    if (seconds === null) expect(parsed).toBeNull();
    else expect(parsed).toBeCloseTo(seconds, 12);
  });
});

test('no text is a duration to one reader and none to another', () => {
  const unit = fc.constantFrom('0', '1', '.', '+', '-', 'n', '\u00b5', '\u03bc', 'u', 'm', 's', 'h', 'e', 'd');
  const likely = fc
    .array(
      fc.tuple(
        fc.constantFrom('0', '7', '.5', '1.', '1.25', '.', ''),
        fc.constantFrom('ns', 'us', '\u00b5s', '\u03bcs', 'ms', 's', 'm', ''),
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.flat().join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit, maxLength: 6 }), likely), (text) => {
      const [first, ...others] = READERS.map(([, read]) => read(text));
      // Latencies are an hour at most.
      if (first === undefined || (first !== null && first > 3600)) return;
      for (const other of others) {
        if (first === null) expect(other).toBeNull();
        else expect(other).toBeCloseTo(first, 12);
      }
    }),
    { numRuns: 2000 },
  );
});
