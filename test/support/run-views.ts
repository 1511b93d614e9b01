import fc from 'fast-check';
import { Stage } from '../../src/model/record.js';
import type { LoadSeries, Mark, RunView } from '../../src/watch/run-view.js';

/** Text that anybody might have written: wide characters, emoji, marks, control characters, escape sequences. */
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'portkey',
    '日本語のゲートウェイ',
    '👩‍👩‍👧‍👦🇯🇵',
    'a\u001b[2Jb',
    'e\u0301\u0302',
    '\ttab\nline\r',
    'x'.repeat(200),
  ),
);
const count = fc.nat({ max: 99_999 });
const rate = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }));
const timeUs = fc.option(fc.nat({ max: 1e9 }));
const outcome = fc.constantFrom('ok', 'skipped', 'invalid', 'crashed', 'failed');

const mark: fc.Arbitrary<Mark> = fc.record({
  kind: fc.oneof(outcome, fc.constantFrom('pending', 'running')),
  ratePerSec: rate,
  p99Us: timeUs,
  reason: fc.option(text),
});

const grid = fc.nat({ max: 12 }).chain((levels) =>
  fc.record({
    levels: fc.array(
      fc.record({ vus: fc.integer({ min: 1, max: 100_000 }), profiler: fc.option(fc.constantFrom('perf', 'pprof')) }),
      {
        minLength: levels,
        maxLength: levels,
      },
    ),
    rows: fc.array(
      fc.record({
        label: text,
        title: text,
        skipped: fc.option(text, { freq: 4 }),
        slots: fc.array(fc.array(mark, { maxLength: 8 }), { minLength: levels, maxLength: levels }),
      }),
      { maxLength: 15 },
    ),
  }),
);

const series: fc.Arbitrary<LoadSeries> = fc.integer({ min: 1, max: 300 }).chain((buckets) =>
  fc.record({
    warmupS: fc.nat({ max: 100 }),
    durationS: fc.integer({ min: 1, max: 1_000 }),
    bucketS: fc.integer({ min: 1, max: 9 }),
    buckets: fc.constant(buckets),
    ratesPerSec: fc.array(rate, { maxLength: buckets }),
    p99sUs: fc.array(timeUs, { maxLength: buckets }),
    silent: fc.option(text, { freq: 9 }),
  }),
);

const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });

/** Any view of any run. */
export const anyRunView: fc.Arbitrary<RunView> = fc.record({
  head: fc.record({ title: text, engine: text, upstream: text }),
  grid,
  gates: fc.array(fc.record({ gate: text, pass: count, warn: count, invalid: count, unknown: count }), {
    maxLength: 16,
  }),
  fallen: fc.array(
    fc.record({
      name: text,
      verdict: fc.constantFrom('warn', 'invalid', 'crashed', 'failed'),
      gate: fc.option(text),
      message: text,
    }),
    { maxLength: 9 },
  ),
  notes: fc.array(text, { maxLength: 3 }),
  current: fc.option(
    fc.record({
      name: text,
      index: count,
      stage: fc.constantFrom(...Stage.options),
      status: fc.option(text),
      load: fc.option(
        fc.record({
          phase: fc.constantFrom('warmup', 'window'),
          atS: seconds,
          ratePerSec: rate,
          p99Us: timeUs,
          failed: fc.option(count),
        }),
      ),
      series,
      result: fc.option(
        fc.record({
          kind: outcome,
          reason: fc.option(text),
          ratePerSec: rate,
          p50Us: timeUs,
          p99Us: timeUs,
          failed: fc.option(count),
        }),
      ),
    }),
    { freq: 6 },
  ),
  progress: fc.record({
    finished: count,
    total: count,
    byKind: fc.record({ ok: count, skipped: count, invalid: count, crashed: count, failed: count }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    elapsedS: seconds,
    cellLeftS: fc.option(seconds),
    runLeftS: fc.option(seconds),
  }),
  end: fc.option(
    fc.oneof(
      fc.constant({ kind: 'finished' as const }),
      fc.record({ kind: fc.constant('interrupted' as const), signal: text }),
      fc.record({ kind: fc.constant('failed' as const), message: text }),
    ),
    { freq: 3 },
  ),
});
