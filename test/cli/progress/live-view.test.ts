import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveRun } from '../../../src/app/watch/live-run.js';
import { writeStatus } from '../../../src/cli/output.js';
import { progressView } from '../../../src/cli/progress/run-progress.js';
import { Screen } from '../../support/screen.js';
import { cellIn, finishedEvent, loadEvent, startedEvent, watchedRun } from '../../support/watched-run.js';

const PLAN = watchedRun();

/** A terminal that remembers what was written to it, and when it was resized. */
class FakeTerminal extends Writable {
  readonly isTTY = true;
  readonly history: (string | [number, number])[] = [];
  readonly #size: { columns: number; rows: number };

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super();
    this.#size = { columns, rows };
  }

  override _write(chunk: unknown, _: string, done: () => void): void {
    this.history.push(String(chunk));
    done();
  }

  resize(columns: number, rows: number): void {
    [this.columns, this.rows] = [columns, rows];
    this.history.push([columns, rows]);
    this.emit('resize');
  }

  get writes(): number {
    return this.history.filter((each) => typeof each === 'string').length;
  }

  async shown(): Promise<Screen> {
    // The emulator reads what is written in timers of its own.
    vi.useRealTimers();
    const screen = new Screen(this.#size.columns, this.#size.rows);
    for (const each of this.history) {
      if (typeof each === 'string') await screen.write(each);
      else screen.resize(...each);
    }
    return screen;
  }
}

function begun(columns = 80, rows = 24) {
  const terminal = new FakeTerminal(columns, rows);
  const run = new LiveRun(PLAN);
  const view = progressView(run, null, terminal, 'xterm-256color');
  return { terminal, run, view };
}

const countOf = (screen: Screen, text: string) => screen.text().split(text).length - 1;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('progress on a terminal', () => {
  it('draws nothing before the first cell', () => {
    const { terminal, run, view } = begun();
    run.onEvent({ type: 'records', records: [] });
    vi.advanceTimersByTime(5_000);
    expect(terminal.history).toEqual([]);
    view.close();
  });

  it('shows the cell’s stage, then its load, and counts down in between', async () => {
    const { terminal, run, view } = begun();
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1', 754));
    vi.advanceTimersByTime(10_000);
    const cell = cellIn(PLAN, 'direct-v50-r1');
    run.onEvent({ type: 'stage', cell, stage: 'load' });
    run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { atS: 12, failed: 3 }));
    vi.advanceTimersByTime(2_000);
    view.close();
    const text = (await terminal.shown()).text();
    expect(text).toContain('▸ direct, 50 VUs  window 12 of 1 min, 3 failed');
    expect(text).toContain('52 s left');
    expect(text).toMatch(/rate +1,234 req\/s/);
    expect(text).toMatch(/p99 +70\.3 ms/);
  });

  it('draws a few times a second at most, whatever happens', () => {
    const { terminal, run, view } = begun();
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1'));
    const before = terminal.writes;
    for (let at = 0; at < 1_000; at++) {
      run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { ratePerSec: at }));
      vi.advanceTimersByTime(10);
    }
    expect(terminal.writes - before).toBeLessThanOrEqual(41);
    view.close();
  });

  it('writes results, notes and other status lines above the block, of which there is one', async () => {
    const { terminal, run, view } = begun();
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1'));
    run.onEvent({ type: 'note', message: 'something to know' });
    writeStatus('SIGINT: stopping what was started\n');
    run.onEvent(finishedEvent(PLAN, { gateway: 'direct', vus: 50, ratePerSec: 812.4 }));
    vi.advanceTimersByTime(3_000);
    view.close();
    const screen = await terminal.shown();
    const lines = screen.lines();
    expect(lines[0]).toBe('something to know');
    expect(lines[1]).toBe('SIGINT: stopping what was started');
    expect(lines.slice(2).join('\n')).toMatch(/^\[\d\/4\] direct, 50 VUs: ok {2}812\.4 req\/s, p50/);
    expect([countOf(screen, '\nportkey'), countOf(screen, 'gates  ')]).toEqual([1, 1]);
  });

  it('leaves the last frame, and what is written later below it', async () => {
    const { terminal, run, view } = begun();
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1'));
    run.onEvent(finishedEvent(PLAN, { gateway: 'direct', vus: 50, ratePerSec: 812.4 }));
    run.end({ kind: 'finished' });
    view.close();
    const count = terminal.writes;
    vi.advanceTimersByTime(10_000);
    run.onEvent({ type: 'note', message: 'too late' });
    expect(terminal.writes).toBe(count);
    terminal.write('the report\n');
    const screen = await terminal.shown();
    expect(screen.lines().at(-1)).toBe('the report');
    expect(countOf(screen, '1 of 4 cells finished in')).toBe(1);
    expect(screen.text()).not.toContain('▸');
  });

  it.each([
    [140, 40, 60, 40],
    [80, 24, 100, 24],
    [100, 40, 70, 20],
    [100, 30, 50, 30],
  ])('leaves nothing behind where %i × %i becomes %i × %i', async (columns, rows, nextColumns, nextRows) => {
    const { terminal, run, view } = begun(columns, rows);
    run.onEvent(startedEvent(PLAN, 'direct-v50-r1'));
    run.onEvent({ type: 'note', message: 'something to know' });
    for (let at = 1; at < 50; at++) run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { atS: at }));
    vi.advanceTimersByTime(2_000);
    terminal.resize(nextColumns, nextRows);
    vi.advanceTimersByTime(2_000);
    run.onEvent(loadEvent(PLAN, 'direct-v50-r1', { atS: 51 }));
    vi.advanceTimersByTime(2_000);
    view.close();
    const screen = await terminal.shown();
    expect(countOf(screen, 'something to know')).toBe(1);
    expect(countOf(screen, '  rate')).toBe(1);
    expect(screen.lines().filter((line) => line.startsWith('portkey'))).toHaveLength(1);
  });
});
