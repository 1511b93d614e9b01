import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deriveCell } from '../../../src/analysis/derive-run.js';
import { type ProgressStream, progressView } from '../../../src/cli/progress/run-progress.js';
import type { CellRecord } from '../../../src/model/record.js';
import type { RunEvent } from '../../../src/run/cell-context.js';
import { type CellFacts, recordOf } from '../../support/record-builder.js';
import { aScenario } from '../../support/scenario.js';

const base = aScenario();
const scenario = { ...base, load: { ...base.load, warmupS: 5, durationS: 60, idleS: 2, recoveryS: 5, cooldownS: 4 } };

/** Collects what is written; each entry is one write. */
function fakeStream(isTTY: boolean): { stream: ProgressStream; written: string[]; text(): string } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  const text = () => stripVTControlCharacters(written.join(''));
  return { stream: Object.assign(stream, { isTTY, columns: 200, rows: 50 }), written, text };
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
    const { stream, text } = fakeStream(false);
    const view = progressView({ scenario, calibration: false }, stream);
    const record = recordWith();
    for (const event of [started(record), underLoad(record), finished(record)]) view.onEvent(event);
    view.onEvent({ type: 'note', message: 'something to know' });
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
    const { stream, text } = fakeStream(false);
    progressView({ scenario, calibration: false }, stream).onEvent(finished(recordWith(facts)));
    expect(text()).toContain(expected);
  });
});

describe('progress on a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows the stage, then the load, and how much time is left', () => {
    const { stream, written, text } = fakeStream(true);
    const view = progressView({ scenario, calibration: false }, stream);
    const record = recordWith();
    view.onEvent(started(record));
    expect(text()).toContain(
      "[ 2/10] portkey, 50 VUs  checking ports and the machine's speed\n  1 min 19 s left in this cell, 12 min 34 s in the run",
    );
    view.onEvent({ type: 'stage', cell: record.cell, stage: 'load' });
    expect(written.at(-1)).toContain('starting the load');
    view.onEvent(underLoad(record));
    expect(written.at(-1)).toContain('window 12 of 1 min   1,234 req/s   p99 70.3 ms   3 failed');
    view.onEvent({ type: 'stage', cell: record.cell, stage: 'stop' });
    expect(written.at(-1)).toContain('stopping');
    view.close();
  });

  it('shows the warm-up, and leaves out what an engine does not tell', () => {
    const { stream, written } = fakeStream(true);
    const view = progressView({ scenario, calibration: false }, stream);
    const { cell } = recordWith();
    view.onEvent(started(recordWith()));
    view.onEvent({ type: 'stage', cell, stage: 'load' });
    const silent = { ratePerSec: null, p99Us: null, failed: null };
    view.onEvent({ type: 'load', cell, progress: { phase: 'warmup', atS: 3, ...silent } });
    expect(written.at(-1)).toMatch(/warm-up 3 of 5 s\n/);
    view.close();
  });

  it('draws nothing before the first cell, and writes notes above the block', () => {
    const { stream, written, text } = fakeStream(true);
    const view = progressView({ scenario, calibration: false }, stream);
    view.onEvent({ type: 'stage', cell: recordWith().cell, stage: 'load' });
    view.onEvent(underLoad(recordWith()));
    expect(written).toEqual([]);
    view.onEvent(started(recordWith()));
    view.onEvent({ type: 'note', message: 'something to know' });
    expect(text()).toMatch(/something to know\n.*\[ 2\/10\] portkey, 50 VUs {2}checking ports/s);
    view.close();
  });

  it('counts down between events, and stops when it is closed', () => {
    const { stream, written, text } = fakeStream(true);
    const view = progressView({ scenario, calibration: false }, stream);
    view.onEvent(started(recordWith()));
    vi.advanceTimersByTime(10_000);
    expect(text()).toContain('1 min 9 s left in this cell, 12 min 24 s in the run');
    vi.advanceTimersByTime(3_600_000);
    expect(written.at(-1)).toContain('0 s left in this cell, 0 s in the run');
    view.close();
    const count = written.length;
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(count);
  });

  it('replaces the block by the result, and draws nothing until the next cell', () => {
    const { stream, written } = fakeStream(true);
    const view = progressView({ scenario, calibration: false }, stream);
    view.onEvent(started(recordWith()));
    const drawn = written.length;
    view.onEvent(finished(recordWith()));
    const after = written.slice(drawn);
    expect(stripVTControlCharacters(after.at(-1) ?? '')).toMatch(/^\[ 2\/10\] portkey, 50 VUs: ok .*\n$/);
    // Erased before the result is written.
    expect(after.slice(0, -1).join('')).toContain('\u001b[2K');
    vi.advanceTimersByTime(5_000);
    expect(written).toHaveLength(drawn + after.length);
    view.close();
  });
});
