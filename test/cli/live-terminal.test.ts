import { spawnSync } from 'node:child_process';
import stringWidth from 'string-width';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/lib/sleep.js';
import { type DirectBench, directBench } from '../support/direct-bench.js';
import { startOnTerminal, type TerminalCli } from '../support/pty.js';

const HAS_PYTHON = spawnSync('python3', ['-c', 'import pty, termios']).status === 0;
if (!HAS_PYTHON) process.stderr.write('skipped: tests on a terminal, because there is no python3 with pty here\n');

const WAIT_MS = 60_000;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

let bench: DirectBench;
let running: TerminalCli | null = null;
beforeAll(async () => {
  bench = await directBench({ vus: [5, 10], warmupS: 1, durationS: 4 });
});
afterEach(() => running?.kill());
afterAll(() => bench.remove());

function start(columns: number, rows: number, environment: Record<string, string> = {}): TerminalCli {
  running = startOnTerminal(bench.args, { columns, rows }, environment);
  return running;
}

const showed = (terminal: TerminalCli, pattern: RegExp) =>
  waitUntil(async () => pattern.test((await terminal.screen()).text()), WAIT_MS);

describe.skipIf(!HAS_PYTHON)('bench on a terminal', () => {
  it.each([
    [80, 24],
    [140, 40],
  ])('of %i columns and %i rows shows the run as it goes on, and leaves its last frame', async (columns, rows) => {
    const terminal = start(columns, rows);
    expect(await showed(terminal, /▸ direct, 5 VUs {2}window \d of 4 s/), terminal.raw()).toBe(true);
    const during = (await terminal.screen()).text();
    expect(during).toMatch(/rate +[\d,]+ req\/s +[▁▂▃▄▅▆▇█┊ ]+/);
    expect(during).toMatch(/p99 +[\d.]+ ms/);
    expect(during).toMatch(/0 of 2 cells · \d+ s left · until \d\d:\d\d/);
    expect(/gates +unknown +pass +warn +invalid$/m.test(during)).toBe(columns === 140);
    expect(await terminal.exitCode).toBe(0);
    const screen = await terminal.screen();
    const text = screen.text();
    expect(text).toMatch(/2 of 2 cells finished in \d+ s: [12] (ok|invalid)/);
    // The block was drawn some dozen times, and is there once.
    expect(text.match(/2 of 2 cells finished/g)).toHaveLength(1);
    expect(text).not.toContain('▸');
    expect(text).toMatch(/\[1\/2\] direct, 5 VUs: (ok|invalid) +[\d.]+ req\/s/);
    for (const line of screen.lines()) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(terminal.raw().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(terminal.raw().lastIndexOf(HIDE_CURSOR));
  });

  it('comes through being made narrower and wider again', async () => {
    const terminal = start(140, 50);
    expect(await showed(terminal, /▸ direct, 5 VUs {2}w/)).toBe(true);
    terminal.resize(70, 50);
    expect(await showed(terminal, /window 2 of 4 s/)).toBe(true);
    terminal.resize(120, 50);
    expect(await terminal.exitCode).toBe(0);
    const text = (await terminal.screen()).text();
    expect(text.match(/A short look {2}engine/g)).toHaveLength(1);
    expect(text).not.toMatch(/window \d of/);
  });

  it('stops at Ctrl-C with the cursor, the last frame, and the way to resume', async () => {
    const terminal = start(80, 24);
    expect(await showed(terminal, /▸ direct, 5 VUs {2}w/)).toBe(true);
    expect(terminal.raw()).toContain(HIDE_CURSOR);
    terminal.type('\u0003');
    expect(await terminal.exitCode).toBe(130);
    const text = (await terminal.screen()).text();
    expect(text).toMatch(/SIGINT: stopping what was started; once more to kill it/);
    expect(text).toMatch(/0 of 2 cells stopped by SIGINT after \d+ s/);
    expect(text).toContain('resume with: gatebench bench --resume');
    expect(text.match(/of 2 cells/g)).toHaveLength(1);
    expect(terminal.raw().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(terminal.raw().lastIndexOf(HIDE_CURSOR));
  });

  it('has no colours with NO_COLOR, and colours without it', async () => {
    const colour = new RegExp(`${String.fromCodePoint(0x1b)}\\[3[0-9]m`);
    const plain = start(80, 24, { NO_COLOR: '1' });
    expect(await showed(plain, /▸ direct, 5 VUs {2}w/)).toBe(true);
    plain.type('\u0003');
    await plain.exitCode;
    expect(plain.raw()).not.toMatch(colour);
    const coloured = start(80, 24);
    expect(await showed(coloured, /▸ direct, 5 VUs {2}w/)).toBe(true);
    coloured.type('\u0003');
    await coloured.exitCode;
    expect(coloured.raw()).toMatch(colour);
  });

  it('writes lines alone on a terminal that can’t move its cursor', async () => {
    const terminal = start(80, 24, { TERM: 'dumb' });
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.raw()).not.toContain('\u001b');
    expect(terminal.raw()).toMatch(
      /\[1\/2\] direct, 5 VUs … .* left in the run\r?\n(?:.*\r?\n)*\[1\/2\] direct, 5 VUs: /,
    );
  });
});
