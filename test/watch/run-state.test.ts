import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import { advance, endState, type RunState, startState, viewOf, type WatchedRun } from '../../src/watch/run-state.js';
import type { Mark } from '../../src/watch/run-view.js';
import { gateOf, recordOf } from '../support/record-builder.js';
import { cellIn, finishedEvent, loadEvent, plannedGateway, startedEvent, watchedRun } from '../support/watched-run.js';

/** The state after these events, each at its own moment. */
function stateAfter(run: WatchedRun, events: readonly (readonly [RunEvent, number])[]): RunState {
  return events.reduce((state, [event, atMs]) => advance(state, event, atMs), startState(run, 0));
}

const kinds = (marks: readonly Mark[] | undefined) => marks?.map(({ kind }) => kind);

describe('the grid of a run', () => {
  const kong = plannedGateway('kong', { variant: 'ai-proxy', skip: { reason: 'kong is not installed' } });

  it('has a row a gateway and a column a level, all to come', () => {
    const { grid } = viewOf(startState(watchedRun(['direct', 'portkey', kong]), 0), 0);
    expect(grid.levels).toEqual([
      { vus: 50, profiler: null },
      { vus: 150, profiler: null },
    ]);
    expect(grid.rows.map(({ label, skipped }) => [label, skipped])).toEqual([
      ['direct', null],
      ['portkey', null],
      ['kong:ai-proxy', 'kong is not installed'],
    ]);
    expect(grid.rows[1]?.slots.map(kinds)).toEqual([['pending'], ['pending']]);
  });

  it('fills with what runs and how cells ended', () => {
    const run = watchedRun();
    const events: [RunEvent, number][] = [
      [startedEvent(run, 'direct-v50-r1'), 0],
      [finishedEvent(run, { gateway: 'direct', vus: 50, ratePerSec: 812, p99Us: 62_000 }), 80_000],
      [finishedEvent(run, { gateway: 'portkey', vus: 50, outcome: { kind: 'invalid', reasons: ['steal'] } }), 90_000],
      [startedEvent(run, 'portkey-v150-r1'), 95_000],
    ];
    const { rows } = viewOf(stateAfter(run, events), 95_000).grid;
    expect(rows[0]?.slots[0]).toEqual([{ kind: 'ok', ratePerSec: 812, p99Us: 62_000, reason: null }]);
    expect(rows[1]?.slots.map(kinds)).toEqual([['invalid'], ['running']]);
    expect(rows[1]?.slots[0]?.[0]?.reason).toBe('steal');
  });

  it('has repeats in their order, profiled cells last, and takes in cells that join the plan', () => {
    const run = watchedRun(['portkey'], { repeats: 2 });
    const profiled = { ...cellIn(run, 'portkey-v50-r1'), id: 'portkey-v50-r1-perf', profiler: 'perf' as const };
    const third = { ...cellIn(run, 'portkey-v50-r1'), id: 'portkey-v50-r3', repeat: 3 };
    const all = { ...run, cells: [profiled, ...run.cells.toReversed()] };
    const joined: RunEvent = { type: 'cell-started', cell: third, index: 6, total: 6, secondsLeftInRun: 80 };
    const view = viewOf(stateAfter(all, [[joined, 0]]), 0);
    expect(view.grid.levels).toEqual([
      { vus: 50, profiler: null },
      { vus: 150, profiler: null },
      { vus: 50, profiler: 'perf' },
    ]);
    expect(view.grid.rows[0]?.slots.map(kinds)).toEqual([
      ['pending', 'pending', 'running'],
      ['pending', 'pending'],
      ['pending'],
    ]);
    expect(view.progress.total).toBe(6);
  });

  it('takes what a resumed run has, and what all records say in the end', () => {
    const run = watchedRun();
    const records = [recordOf({ gateway: 'direct', vus: 50 }), recordOf({ gateway: 'portkey', vus: 50 })];
    const resumed = stateAfter(run, [[{ type: 'records', records: deriveRun(records) }, 0]]);
    expect(viewOf(resumed, 0).progress).toMatchObject({ finished: 2, total: 4, share: 0.5, byKind: { ok: 2 } });
    const [first, second] = deriveRun(records);
    if (first === undefined || second === undefined) throw new Error('two records make two');
    const judged = [{ ...first, outcome: { kind: 'invalid' as const, reasons: ['the machine was slow'] } }, second];
    const ended = advance(resumed, { type: 'records', records: judged }, 1);
    expect(viewOf(ended, 1).grid.rows.map(({ slots }) => kinds(slots[0]))).toEqual([['invalid'], ['ok']]);
  });
});

describe('gates', () => {
  it('are counted, and those that fall are told, the newest first', () => {
    const run = watchedRun();
    const fallen = { ...gateOf('invalid', 'late by 7 ms'), gate: 'mock upstream' };
    const crashed = {
      kind: 'crashed' as const,
      exitCode: 2,
      signal: null,
      phase: 'window' as const,
      atS: 12.34,
      reason: 'the gateway ended\nwith exit code 2',
      logTail: [],
    };
    const view = viewOf(
      stateAfter(run, [
        [finishedEvent(run, { gateway: 'direct', vus: 50, gates: [gateOf('pass'), fallen] }), 0],
        [
          finishedEvent(run, { gateway: 'direct', vus: 150, gates: [gateOf('warn', 'not quite'), gateOf('unknown')] }),
          1,
        ],
        [finishedEvent(run, { gateway: 'portkey', vus: 50, outcome: crashed, gates: [] }), 2],
      ]),
      3,
    );
    const tallies = new Map(view.gates.map(({ gate, ...counts }) => [gate, counts]));
    expect(tallies.get("Little's law")).toEqual({ pass: 1, warn: 1, invalid: 0, unknown: 1 });
    expect(tallies.get('mock upstream')).toEqual({ pass: 0, warn: 0, invalid: 1, unknown: 0 });
    expect(view.fallen).toEqual([
      {
        name: 'portkey, 50 VUs',
        verdict: 'crashed',
        gate: null,
        message: 'the gateway ended with exit code 2, 12.3 s into the window',
      },
      { name: 'direct, 150 VUs', verdict: 'warn', gate: "Little's law", message: 'not quite' },
      { name: 'direct, 50 VUs', verdict: 'invalid', gate: 'mock upstream', message: 'late by 7 ms' },
    ]);
  });

  it('of a cell that is measured again count once', () => {
    const run = watchedRun();
    const first = finishedEvent(run, { gateway: 'direct', vus: 50, gates: [gateOf('invalid', 'steal')] });
    const again = finishedEvent(run, { gateway: 'direct', vus: 50, gates: [gateOf('pass')] });
    const view = viewOf(
      stateAfter(run, [
        [first, 0],
        [again, 1],
      ]),
      2,
    );
    expect(view.gates.find(({ gate }) => gate === "Little's law")).toMatchObject({ pass: 1, invalid: 0 });
    expect([view.fallen, view.progress.finished]).toEqual([[], 1]);
  });
});

describe('the time that is left', () => {
  const run = watchedRun();
  const begun: [RunEvent, number] = [startedEvent(run, 'direct-v50-r1', 754), 1_000];

  it('is what the plan estimates, and counts down to 0', () => {
    const state = stateAfter(run, [begun]);
    // 6 s to start, 2 idle, 5 warm-up, 60 window, 5 recovery, 1 to stop.
    expect(viewOf(state, 1_000).progress).toMatchObject({ cellLeftS: 79, runLeftS: 754 });
    expect(viewOf(state, 11_000).progress).toMatchObject({ cellLeftS: 69, runLeftS: 744 });
    expect(viewOf(state, 4_000_000).progress).toMatchObject({ cellLeftS: 0, runLeftS: 0, share: 0.25 });
  });

  it('is known better under load: a gateway that was slow to start delays the run', () => {
    const state = stateAfter(run, [begun, [loadEvent(run, 'direct-v50-r1', { phase: 'window', atS: 12 }), 51_000]]);
    // 48 s of the window, 5 of recovery, 1 to stop; at this moment 29 had been left, by the plan.
    expect(viewOf(state, 51_000).progress).toMatchObject({ cellLeftS: 54, runLeftS: 729 });
    const warm = stateAfter(run, [begun, [loadEvent(run, 'direct-v50-r1', { phase: 'warmup', atS: 5 }), 9_000]]);
    expect(viewOf(warm, 9_000).progress).toMatchObject({ cellLeftS: 66, runLeftS: 741 });
  });

  it('is unknown before the first cell; of a cell, also between two', () => {
    expect(viewOf(startState(run, 0), 5_000).progress).toMatchObject({ cellLeftS: null, runLeftS: null, elapsedS: 5 });
    const between = stateAfter(run, [begun, [finishedEvent(run, { gateway: 'direct', vus: 50 }), 80_000]]);
    expect(viewOf(between, 81_000).progress).toMatchObject({ cellLeftS: null, runLeftS: 674, share: 0.25 });
  });
});

describe('the cell that is measured', () => {
  const run = watchedRun();
  const cell = cellIn(run, 'direct-v50-r1');

  it('is shown with its stage, what that does, and its newest second', () => {
    const profiling: RunEvent = { type: 'profile', cell, status: 'reading 3 of 9' };
    const events: [RunEvent, number][] = [
      [startedEvent(run, 'direct-v50-r1'), 0],
      [{ type: 'stage', cell, stage: 'profile' }, 1],
      [profiling, 2],
    ];
    const state = stateAfter(run, events);
    expect(viewOf(state, 3).current).toMatchObject({
      name: 'direct, 50 VUs',
      stage: 'profile',
      status: 'reading 3 of 9',
      load: null,
      result: null,
    });
    const next = advance(state, { type: 'stage', cell, stage: 'load' }, 4);
    const loaded = advance(next, loadEvent(run, 'direct-v50-r1', { failed: 3 }), 5);
    expect(viewOf(loaded, 6).current).toMatchObject({
      stage: 'load',
      status: null,
      load: { ratePerSec: 1_234.4, failed: 3 },
    });
  });

  it('stays with its result until the next one begins', () => {
    const finished = finishedEvent(run, { gateway: 'direct', vus: 50, ratePerSec: 812, failed: { timeout: 2 } });
    const state = stateAfter(run, [
      [startedEvent(run, 'direct-v50-r1'), 0],
      [finished, 80_000],
    ]);
    expect(viewOf(state, 81_000).current?.result).toMatchObject({ kind: 'ok', ratePerSec: 812, failed: 2 });
    const next = advance(state, startedEvent(run, 'direct-v150-r1'), 85_000);
    expect(viewOf(next, 85_000).current).toMatchObject({ name: 'direct, 150 VUs', result: null });
  });

  it('is gone where the run ended before it did, and its place in the grid is open', () => {
    const state = endState(
      stateAfter(run, [[startedEvent(run, 'direct-v50-r1'), 0]]),
      { kind: 'interrupted', signal: 'SIGINT' },
      9_000,
    );
    const view = viewOf(state, 99_000);
    expect([view.current, view.end]).toEqual([null, { kind: 'interrupted', signal: 'SIGINT' }]);
    expect(view.progress).toMatchObject({ elapsedS: 9, runLeftS: null, cellLeftS: null });
    expect(kinds(view.grid.rows[0]?.slots[0])).toEqual(['pending']);
  });
});

it('keeps the newest notes', () => {
  const run = watchedRun();
  const notes = Array.from({ length: 30 }, (_, at): [RunEvent, number] => [
    { type: 'note', message: `note ${at}` },
    at,
  ]);
  const view = viewOf(stateAfter(run, notes), 30);
  expect([view.notes.length, view.notes.at(-1)]).toEqual([20, 'note 29']);
});

it('changes no earlier state, and stays within bounds, whatever happens in whatever order', () => {
  const run = watchedRun(['direct', 'portkey'], { repeats: 2 });
  const ids = run.cells.map(({ id }) => id);
  const event = fc.oneof(
    fc.constantFrom(...ids).map((id) => startedEvent(run, id, 300)),
    fc
      .record({
        id: fc.constantFrom(...ids),
        phase: fc.constantFrom('warmup' as const, 'window' as const),
        atS: fc.double({ min: 0, max: 200, noNaN: true }),
        ratePerSec: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
        p99Us: fc.option(fc.nat()),
      })
      .map(({ id, ...progress }) => loadEvent(run, id, progress)),
    fc
      .record({
        gateway: fc.constantFrom('direct', 'portkey'),
        vus: fc.constantFrom(50, 150),
        repeat: fc.integer({ min: 1, max: 2 }),
      })
      .map((facts): RunEvent => finishedEvent(run, facts)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat({ max: 60_000 })), { maxLength: 40 }), (steps) => {
      let [state, nowMs] = [startState(run, 0), 0];
      for (const [next, laterMs] of steps) {
        const before = JSON.stringify(viewOf(state, nowMs));
        const advanced = advance(state, next, nowMs);
        expect(JSON.stringify(viewOf(state, nowMs))).toBe(before);
        state = advanced;
        nowMs += laterMs;
        const { progress, current, grid } = viewOf(state, nowMs);
        expect(progress.share).toBeGreaterThanOrEqual(0);
        expect(progress.share).toBeLessThanOrEqual(1);
        expect(progress.finished).toBeLessThanOrEqual(progress.total);
        expect(grid.rows.flatMap(({ slots }) => slots.flat())).toHaveLength(run.cells.length);
        expect(current?.series.ratesPerSec.length ?? 0).toBeLessThanOrEqual(current?.series.buckets ?? 0);
      }
    }),
    { numRuns: 200 },
  );
});
