import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PooledReport } from '../../src/model/pooled-report.js';
import type { Run } from '../../src/model/run.js';
import { cli } from '../support/cli.js';
import { repeatsOf } from '../support/compared-runs.js';
import { run } from '../support/python.js';
import { runOf } from '../support/record-builder.js';
import { writeRun } from '../support/run-folders.js';

const rates = [1000, 1004, 996];
const machine: Run['machine'] = { ...runOf([]).machine, hostname: 'other', cores: 2 };

let folder: string;
const runs: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const write = async (id: string, version: string, facts: Partial<Run> = {}) => {
    const records = [
      ...repeatsOf('direct', rates),
      ...repeatsOf(
        'nginx',
        rates.map((rate) => rate * 0.95),
        () => ({ version, title: 'nginx' }),
      ),
    ];
    runs[id] = await writeRun(join(folder, 'results'), records, { id, ...facts });
  };
  await write('monday', '1.22.1', { createdAt: '2026-05-04T10:00:00.000Z' });
  await write('tuesday', '1.22.1', { createdAt: '2026-05-05T10:00:00.000Z' });
  await write('newer', '1.26.0', { createdAt: '2026-05-06T10:00:00.000Z' });
  await write('server', '1.22.1', { machine });
  await write('k6', '1.22.1', { engine: { name: 'k6', version: '1.0.0' } });
  await write('slow-mock', '1.22.1', {
    scenario: { ...runOf([]).scenario, upstream: { latency: '80ms', streamChunkDelayMs: 0 } },
  });
  const { harness, machine: same, engine } = runOf([]);
  await write('changed', '1.22.1', {
    changes: [
      {
        at: '2026-04-01T10:30:00.000Z',
        changed: ['machine: kernel was 6.1.0, is 6.1.1'],
        cellsBefore: [],
        conditions: { harness, machine: same, engine: { name: engine.name, version: engine.version }, basis: null },
      },
    ],
  });
  await write('aa', '1.22.1', { aa: { gateway: 'nginx', copy: 'nginx:again' } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => names.map((name) => runs[name] ?? join(folder, name));

describe('gatebench report', () => {
  it('writes every file of one run', async () => {
    const { exitCode, stdout, stderr } = await cli(['report', ...at('monday')]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^The published benchmark: monday\n/);
    expect(stderr).toContain(`report: ${runs.monday}/report/index.html`);
    const files = await readdir(join(runs.monday ?? '', 'report'));
    expect(files).toEqual(
      expect.arrayContaining([
        'charts',
        'comparisons.csv',
        'index.html',
        'intervals.csv',
        'metrics.csv',
        'report.md',
        'results.csv',
        'results.json',
      ]),
    );
    expect(files).not.toContain('report.json');
  });

  it('pools the repeats of several, and says what the report is made of', async () => {
    const out = join(folder, 'reports', 'both');
    const { exitCode, stdout, stderr } = await cli(['report', ...at('tuesday', 'monday'), '--out', out]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^The published benchmark: 2 runs\n\nnginx answered 9\d\d ± .+\.\n\nRuns\n/);
    expect(stderr).toContain(`report: ${out}/index.html`);
    const parts = PooledReport.parse(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')));
    // Oldest first, in whichever order they are given.
    expect(parts.runs.map(({ id, firstBlock, lastBlock }) => [id, firstBlock, lastBlock])).toEqual([
      ['monday', 1, 3],
      ['tuesday', 4, 6],
    ]);
    const markdown = await readFile(join(out, 'report.md'), 'utf8');
    const charts = [...markdown.matchAll(/\]\((charts\/[^)]+)\)/g)].map(([, path = '']) => path);
    expect(charts.length).toBeGreaterThan(2);
    for (const chart of charts) expect(existsSync(join(out, decodeURI(chart))), chart).toBe(true);
    const again = await cli(['report', ...at('monday', 'tuesday'), '--out', out, '--json']);
    expect(JSON.parse(again.stdout).intervals[0].betweenRuns.rate.n).toBe(6);
  });

  it('takes a folder of runs for all that are in it', async () => {
    const nightly = join(folder, 'nightly');
    await mkdir(nightly);
    for (const name of ['monday', 'tuesday']) await cp(runs[name] ?? '', join(nightly, name), { recursive: true });
    const { stdout } = await cli(['report', nightly, '--format', 'json']);
    expect(JSON.parse(stdout).parts.runs).toHaveLength(2);
  });

  it('shows versions side by side', async () => {
    const { stdout } = await cli(['report', ...at('monday', 'newer'), '--format', 'json']);
    const { cells, parts } = JSON.parse(stdout);
    const labels = new Set(
      cells.map(({ cell }: { cell: Record<string, string> }) => `${cell.gateway}:${cell.variant}`),
    );
    expect([...labels]).toEqual(['direct:default', 'nginx:1.22.1', 'nginx:1.26.0']);
    expect(parts.split).toMatchObject([{ label: 'nginx', builds: [{ runIds: ['monday'] }, { runIds: ['newer'] }] }]);
  });

  it('prints one format, and nothing else, and writes nothing', async () => {
    const report = join(runs.newer ?? '', 'report');
    const of = (format: string) => cli(['report', ...at('newer'), '--format', format]);
    const formats = ['html', 'md', 'csv', 'json', 'junit', 'openmetrics'];
    const [html, md, csv, json, junit, openmetrics] = await Promise.all(formats.map(of));
    expect(html?.stdout).toMatch(/^<!doctype html>[\s\S]*newer[\s\S]*<\/html>\s*$/i);
    expect(md?.stdout).toMatch(/^# The published benchmark: newer\n/);
    expect(md?.stdout).not.toContain('](charts/');
    expect(csv?.stdout).toMatch(/^cell_id,run_id,.*\ndirect-v50-r1,newer,/);
    expect(JSON.parse(json?.stdout ?? '').run.id).toBe('newer');
    expect(junit?.stdout).toMatch(/^<\?xml [\s\S]*<\/testsuites>\n$/);
    expect(openmetrics?.stdout).toMatch(/^# TYPE gatebench_run info\n[\s\S]*\n# EOF\n$/);
    for (const result of [html, md, csv, json, junit, openmetrics]) {
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    }
    expect(existsSync(report)).toBe(false);
  });

  it('writes one format into a file, and into a pipe', async () => {
    const file = join(folder, 'cells.xml');
    const { exitCode, stdout, stderr } = await cli(['report', ...at('newer'), '--format', 'junit', '--output', file]);
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toBe(`junit: ${file}\n`);
    expect(await readFile(file, 'utf8')).toMatch(/^<\?xml /);
    const pipe = join(folder, 'pipe');
    run('mkfifo', [pipe]);
    const [text] = await Promise.all([
      readFile(pipe, 'utf8'),
      cli(['report', ...at('newer'), '--format', 'csv', '--output', pipe]),
    ]);
    expect(text).toMatch(/^cell_id,/);
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  it('shows the page with what BROWSER names, and says why where it can’t', async () => {
    const browser = join(folder, 'browser');
    const seen = join(folder, 'seen');
    await writeFile(browser, `#!/bin/sh\necho "$1" > '${seen}'\n`, { mode: 0o755 });
    const page = `${runs.monday}/report/index.html`;
    const opened = await cli(['report', ...at('monday'), '--open'], { BROWSER: browser });
    expect(opened).toMatchObject({ exitCode: 0, stderr: `\nreport: ${page}\n` });
    expect(await readFile(seen, 'utf8')).toBe(`${pathToFileURL(page).href}\n`);
    const without = await cli(['report', ...at('monday'), '--open'], { BROWSER: '', DISPLAY: '', WAYLAND_DISPLAY: '' });
    expect(without.exitCode).toBe(0);
    expect(without.stderr).toBe(
      `\nreport: ${page}\nnot opened, because there is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set: ${page}\n`,
    );
    const file = join(folder, 'page.html');
    await cli(['report', ...at('monday'), '--format', 'html', '--output', file, '--open'], { BROWSER: browser });
    expect(await readFile(seen, 'utf8')).toBe(`${pathToFileURL(file).href}\n`);
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('puts a report into no folder with anything else in it', async () => {
    const out = join(folder, 'mine');
    await mkdir(out);
    await writeFile(join(out, 'notes.txt'), 'mine');
    const { exitCode, stderr } = await cli(['report', ...at('monday', 'tuesday'), '--out', out]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/mine isn't empty, and what is in it is no report of several runs\nhint: /);
    expect(await readdir(out)).toEqual(['notes.txt']);
  });

  it.each<[string, () => string[], RegExp]>([
    [
      'another machine',
      () => at('monday', 'server'),
      /can't be one report, because their figures don't compare:\n {2}machine: host name was \w+, is \w+\n {2}machine: cores [\s\S]*hint: .*--across-machines/,
    ],
    ['another engine', () => at('monday', 'k6'), /engine: name was \w+, is \w+\n[\s\S]*hint: .*report each on its own/],
    ['another mock', () => at('monday', 'slow-mock'), /mock: latency was \w+, is \w+\n/],
    ['a run that was changed in mid-run', () => at('monday', 'changed'), /changed was changed in mid-run.*\nhint: /],
    ['an A/A run beside another', () => at('monday', 'aa'), /can't be one report\nhint: .*report each kind on its own/],
    ['a run twice', () => at('monday', 'monday'), /monday is given twice\nhint: /],
    ['no run', () => ['/nowhere'], /\/nowhere is neither a run nor a folder of runs/],
    ['another format', () => [...at('monday'), '--format', 'xml'], /Allowed choices are .*openmetrics/],
    ['--output without a format', () => [...at('monday'), '--output', 'x'], /--output is for --format/],
    ['--format with --json', () => [...at('monday'), '--format', 'csv', '--json'], /exclude each other/],
    ['--format with --out', () => [...at('monday'), '--format', 'csv', '--out', 'x'], /nothing to put into --out/],
    [
      '--open without a page',
      () => [...at('monday'), '--format', 'csv', '--open'],
      /--open shows a page, and this writes/,
    ],
    ['--out for one run', () => [...at('monday'), '--out', 'x'], /--out is for several runs/],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, stderr, stdout } = await cli(['report', ...args()]);
    expect(stderr).toMatch(message);
    expect([exitCode, stdout]).toEqual([2, '']);
  });
});
