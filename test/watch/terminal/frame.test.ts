import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { advance, endState, startState, viewOf, type WatchedRun } from '../../../src/watch/run-state.js';
import type { RunView } from '../../../src/watch/run-view.js';
import { frame } from '../../../src/watch/terminal/frame.js';
import { ASCII, UNICODE } from '../../../src/watch/terminal/glyphs.js';
import { paint } from '../../../src/watch/terminal/paint.js';
import { gateOf } from '../../support/record-builder.js';
import { anyRunView } from '../../support/run-views.js';
import {
  cellIn,
  finishedEvent,
  loadEvent,
  plannedGateway,
  startedEvent,
  watchedRun,
} from '../../support/watched-run.js';

const PLAIN = pc.createColors(false);
const COLOURED = pc.createColors(true);

interface Size {
  columns: number;
  rows: number;
}

function drawn(view: RunView, { columns, rows }: Size, more: { ascii?: boolean; url?: string } = {}): string[] {
  const glyphs = more.ascii === true ? ASCII : UNICODE;
  const options = { columns, rows, glyphs, clock: () => '15:42', url: more.url ?? null };
  return frame(view, options).map((line) => paint(line, PLAIN));
}

/** A run of five gateways in its third cell. */
function aRun(): WatchedRun {
  const kong = plannedGateway('kong', { skip: { reason: 'kong 3.9.1 is not installed' } });
  return watchedRun(['direct', 'portkey', 'litellm', kong], { warmupS: 10, durationS: 50 });
}

function midway(run: WatchedRun): RunView {
  const late = {
    ...gateOf('invalid', 'responses were late by 7.21 ms at p99 (bounds 1 ms and 5 ms)'),
    gate: 'mock upstream',
  };
  const events = [
    finishedEvent(run, { gateway: 'direct', vus: 50, ratePerSec: 812.4, p99Us: 62_300 }),
    finishedEvent(run, {
      gateway: 'litellm',
      vus: 50,
      ratePerSec: 250,
      p99Us: 210_000,
      outcome: { kind: 'invalid', reasons: ['mock upstream: late'] },
      gates: [late],
    }),
    startedEvent(run, 'portkey-v50-r1', 330),
    { type: 'stage' as const, cell: cellIn(run, 'portkey-v50-r1'), stage: 'load' as const },
    ...Array.from({ length: 10 }, (_, at) =>
      loadEvent(run, 'portkey-v50-r1', { phase: 'warmup', atS: at + 1, ratePerSec: 80 * (at + 1), p99Us: 90_000 }),
    ),
    ...Array.from({ length: 20 }, (_, at) =>
      loadEvent(run, 'portkey-v50-r1', {
        phase: 'window',
        atS: at + 1,
        ratePerSec: 800,
        p99Us: at === 15 ? 180_000 : 90_000,
      }),
    ),
  ];
  return viewOf(
    events.reduce((state, event) => advance(state, event, 0), startState(run, 0)),
    0,
  );
}

describe('a frame', () => {
  it('at 80 columns and 24 rows has the grid, the cell with its charts, and the gates', () => {
    expect(drawn(midway(aRun()), { columns: 79, rows: 23 })).toMatchInlineSnapshot(`
      [
        "The published benchmark  engine native 0.1.0, upstream 5ms",
        "━━━━━━━━━━───────────────────────  2 of 8 cells · 4 min 52 s left · until 15:42",
        "",
        "req/s, p99              50 VUs             150 VUs",
        "direct         812   62.3 ms ✓                   ·",
        "portkey                      ▸                   ·",
        "litellm      (250)    210 ms !                   ·",
        "kong        skipped: kong 3.9.1 is not installed",
        "",
        "▸ portkey, 50 VUs  window 20 of 50 s              cell 2 of 8 · 36 s left in it",
        "  rate  800 req/s          ▂▃▅▆┊███████████████████",
        "  most  800           ▂▃▅▆█████┊███████████████████····························",
        "",
        "  p99   90 ms                  ┊               █",
        "  most  180 ms        █████████┊███████████████████····························",
        "",
        "gates  1 passed, 1 invalid",
        "invalid  litellm, 50 VUs  mock upstream: responses were late by 7.21 ms at p99…",
      ]
    `);
  });

  it('at 140 columns has the gates one by one, beside the grid', () => {
    expect(drawn(midway(aRun()), { columns: 139, rows: 40 })).toMatchInlineSnapshot(`
      [
        "The published benchmark  engine native 0.1.0, upstream 5ms",
        "━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━───────────────────────────────────────────────────────────────  2 of 8 cells · 4 min 52 s left · until 15:42",
        "",
        "req/s, p99              50 VUs             150 VUs                               gates                   unknown     pass     warn  invalid",
        "direct         812   62.3 ms ✓                   ·                               Little's law                  0        1        0        0",
        "portkey                      ▸                   ·                               direct p99                    2        0        0        0",
        "litellm      (250)    210 ms !                   ·                               machine speed                 2        0        0        0",
        "kong        skipped: kong 3.9.1 is not installed                                 mock upstream                 0        0        0        1",
        "",
        "▸ portkey, 50 VUs  window 20 of 50 s            cell 2 of 8 · 36 s left in it",
        "  rate  800 req/s            ▂▆┊██████████████████",
        "  most  800                ▃▆██┊██████████████████",
        "                        ▂▅█████┊██████████████████",
        "                      ▃▆███████┊██████████████████···························",
        "",
        "  p99   90 ms                  ┊              █",
        "  most  180 ms                 ┊              █",
        "                      █████████┊██████████████████",
        "                      █████████┊██████████████████···························",
        "",
        "invalid  litellm, 50 VUs  mock upstream: responses were late by 7.21 ms at p99 (bounds 1 ms and 5 ms)",
      ]
    `);
  });

  it('has ASCII alone for a terminal that has no more', () => {
    const lines = drawn(midway(aRun()), { columns: 79, rows: 23 }, { ascii: true });
    // Dashes and ellipses are in every font.
    expect(lines.join('').replaceAll(/[–…]/g, '')).toMatch(/^[ -~]*$/);
  });

  it('says what an engine doesn’t tell, in place of charts', () => {
    const run = watchedRun(['direct'], {}, 'k6');
    const silent = { ratePerSec: null, p99Us: null, failed: null };
    const events = [startedEvent(run, 'direct-v50-r1'), loadEvent(run, 'direct-v50-r1', silent)];
    const view = viewOf(
      events.reduce((state, event) => advance(state, event, 0), startState(run, 0)),
      0,
    );
    expect(drawn(view, { columns: 79, rows: 23 }).join('\n')).toMatch(
      /rate +n\/a +k6 reports its figures at its end only/,
    );
  });

  it('names the page that shows the same', () => {
    const url = 'http://127.0.0.1:43121/?token=abc';
    expect(drawn(midway(aRun()), { columns: 79, rows: 40 }, { url }).at(-1)).toBe(`page  ${url}`);
  });

  it('shows outcomes without colours, each by a mark of its own', () => {
    const marks = Object.values(UNICODE.marks);
    expect(new Set(marks).size).toBe(marks.length);
    expect(new Set(Object.values(ASCII.marks)).size).toBe(marks.length);
  });

  it('counts repeats where there are many, and gateways where there is no room for columns', () => {
    const run = watchedRun(['direct'], { vus: [50], repeats: 12 });
    const state = [1, 2, 3].reduce(
      (before, repeat) =>
        advance(before, finishedEvent(run, { gateway: 'direct', vus: 50, repeat, ratePerSec: 800 + repeat }), 0),
      startState(run, 0),
    );
    // The repeat with the median rate stands for all.
    expect(drawn(viewOf(state, 0), { columns: 79, rows: 23 }).join('\n')).toMatch(/direct +802 .* 3\/12/);
    const many = watchedRun(['direct'], { vus: Array.from({ length: 60 }, (_, at) => at + 1) });
    const one = advance(startState(many, 0), finishedEvent(many, { gateway: 'direct', vus: 7 }), 0);
    expect(drawn(viewOf(one, 0), { columns: 79, rows: 23 }).join('\n')).toMatch(/direct +1 of 60/);
  });

  it('shows the gateway that is measured where there is no room for all', () => {
    const names = Array.from({ length: 40 }, (_, at) => `gateway-${at}`);
    const run = watchedRun(names, { vus: [50] });
    const state = advance(startState(run, 0), startedEvent(run, 'gateway-33-v50-r1'), 0);
    const lines = drawn(viewOf(state, 0), { columns: 79, rows: 15 });
    expect(lines.join('\n')).toMatch(/gateway-33 /);
    expect(lines.join('\n')).toMatch(/and \d+ more gateways/);
  });

  it('keeps its height while cells begin, run and end', () => {
    const run = aRun();
    const heights = [
      startedEvent(run, 'direct-v50-r1'),
      loadEvent(run, 'direct-v50-r1'),
      finishedEvent(run, { gateway: 'direct', vus: 50 }),
      startedEvent(run, 'portkey-v50-r1'),
    ].reduce<{ state: ReturnType<typeof startState>; heights: number[] }>(
      ({ state, heights: before }, event) => {
        const next = advance(state, event, 0);
        return { state: next, heights: [...before, drawn(viewOf(next, 0), { columns: 79, rows: 23 }).length] };
      },
      { state: startState(run, 0), heights: [] },
    ).heights;
    expect(new Set(heights).size).toBe(1);
  });

  it('of a run that is over says how, and what came of its cells', () => {
    const run = aRun();
    const state = advance(startState(run, 0), finishedEvent(run, { gateway: 'direct', vus: 50 }), 0);
    const finished = viewOf(endState(state, { kind: 'finished' }, 184_000), 999_000);
    expect(drawn(finished, { columns: 79, rows: 23 })).toContain('1 of 8 cells finished in 3 min 4 s: 1 ok');
    const stopped = viewOf(endState(state, { kind: 'interrupted', signal: 'SIGINT' }, 4_000), 4_000);
    expect(drawn(stopped, { columns: 79, rows: 23 })).toContain('1 of 8 cells stopped by SIGINT after 4 s: 1 ok');
  });

  it('is never wider or higher than the terminal, and controls nothing, whatever is in it', () => {
    const size = fc.record({ columns: fc.integer({ min: 1, max: 260 }), rows: fc.integer({ min: 1, max: 80 }) });
    fc.assert(
      fc.property(anyRunView, size, fc.boolean(), (view, { columns, rows }, ascii) => {
        const options = {
          columns,
          rows,
          glyphs: ascii ? ASCII : UNICODE,
          clock: () => '15:42',
          url: 'http://127.0.0.1:1/',
        };
        const lines = frame(view, options);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          const plain = paint(line, PLAIN);
          expect(stringWidth(plain)).toBeLessThanOrEqual(columns);
          expect(plain).not.toMatch(/\p{Cc}/u);
          expect(stripVTControlCharacters(paint(line, COLOURED)).trimEnd()).toBe(plain);
        }
      }),
      { numRuns: 150 },
    );
  });
});
