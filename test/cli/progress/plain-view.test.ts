import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deriveCell } from '../../../src/analysis/derive-run.js';
import { LiveRun } from '../../../src/app/watch/live-run.js';
import type { ProgressStream } from '../../../src/cli/progress/progress-view.js';
import { progressView } from '../../../src/cli/progress/run-progress.js';
import type { CellRecord } from '../../../src/model/record.js';
import type { RunEvent } from '../../../src/run/cell-context.js';
import { type CellFacts, recordOf } from '../../support/record-builder.js';
import { watchedRun } from '../../support/watched-run.js';

/** A run, and what is written of it. */
function shown(stream: { isTTY: boolean }, term?: string) {
  const written: string[] = [];
  const writable: ProgressStream = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  const run = new LiveRun(watchedRun());
  const view = progressView(run, null, Object.assign(writable, stream), term);
  return { run, view, text: () => stripVTControlCharacters(written.join('')), raw: () => written.join('') };
}

const recordWith = (facts: Partial<CellFacts> = {}) =>
  recordOf({ gateway: 'portkey', vus: 50, ratePerSec: 815.24, p50Us: 61_300, p99Us: 70_250, ...facts });
const started = ({ cell }: CellRecord): RunEvent => ({
  type: 'cell-started',
  cell,
  index: 2,
  total: 10,
  secondsLeftInRun: 754,
});
const finished = (record: CellRecord): RunEvent => ({
  type: 'cell-finished',
  cell: record.cell,
  record: deriveCell(record, [record, recordWith({ gateway: 'direct', p50Us: 60_300 })]),
  index: 2,
  total: 10,
});
const underLoad = ({ cell }: CellRecord): RunEvent => ({
  type: 'load',
  cell,
  progress: { phase: 'window', atS: 12, ratePerSec: 1_234.4, p99Us: 70_250, failed: 3 },
});

describe('progress that is not on a terminal', () => {
  it('is a line when a cell begins and one when it ends', () => {
    const { run, view, text } = shown({ isTTY: false });
    const record = recordWith();
    for (const event of [started(record), underLoad(record), finished(record)]) run.onEvent(event);
    run.onEvent({ type: 'note', message: 'something to know' });
    run.end({ kind: 'finished' });
    view.close();
    expect(text()).toBe(
      '[ 2/10] portkey, 50 VUs … 12 min 34 s left in the run\n' +
        '[ 2/10] portkey, 50 VUs: ok  815.2 req/s, p50 61.3 ms, p99 70.3 ms, overhead p50 1 ms, 0 failed\n' +
        'something to know\n',
    );
  });

  it.each<[string, Partial<CellFacts>, string]>([
    [
      'an invalid cell',
      { outcome: { kind: 'invalid', reasons: ['the mock was late', 'and more'] } },
      'invalid  815.2 req/s, p50 61.3 ms, p99 70.3 ms, overhead p50 1 ms, 0 failed  (the mock was late)',
    ],
    [
      'a crash',
      {
        outcome: {
          kind: 'crashed',
          exitCode: 2,
          signal: null,
          phase: 'window',
          atS: 12.34,
          reason: 'the gateway ended with exit code 2',
          logTail: ['one', 'two', 'three', 'four'],
        },
      },
      'crashed  the gateway ended with exit code 2, 12.3 s into the window\n    | two\n    | three\n    | four',
    ],
    [
      'a failure',
      { outcome: { kind: 'failed', stage: 'ready', error: 'no health', logTail: [] } },
      'failed at ready: no health',
    ],
    [
      'a skipped cell',
      { outcome: { kind: 'skipped', reason: 'not installed', hint: 'gatebench setup' } },
      'skipped: not installed (gatebench setup)',
    ],
    [
      'a cell with failures',
      { failed: { timeout: 5, http_5xx: 7 } },
      'ok  815.2 req/s, p50 61.3 ms, p99 70.3 ms, overhead p50 1 ms, 12 failed',
    ],
    ['a repeat that was profiled', { repeat: 3, profiler: 'perf' }, ', repeat 3, perf: ok  815.2 req/s'],
  ])('tells the result of %s', (_, facts, expected) => {
    const { run, text } = shown({ isTTY: false });
    run.onEvent(finished(recordWith(facts)));
    expect(text()).toContain(expected);
  });

  it('is the same on a terminal that can’t move its cursor', () => {
    const { run, view, raw } = shown({ isTTY: true }, 'dumb');
    for (const event of [started(recordWith()), finished(recordWith())]) run.onEvent(event);
    view.close();
    expect(raw().match(/\n/g)).toHaveLength(2);
    expect(raw()).not.toContain('\u001b[');
  });
});
