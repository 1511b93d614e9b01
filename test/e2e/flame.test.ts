import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { perfProfiler } from '../../src/profilers/perf/perf.js';
import { hotFunctions } from '../../src/profiles/analysis/hot-functions.js';
import { categorise } from '../../src/profiles/categories/categorise.js';
import { categoryTotals } from '../../src/profiles/categories/category-table.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { cli } from '../support/cli.js';
import { installedLabels, SPARED } from './installed.js';

const labels = (await installedLabels()).filter((label) => !SPARED.includes(label));
const missing = await perfProfiler().unavailable(null);
if (missing) process.stderr.write(`SKIPPED: flame graphs of the real gateways: ${missing.reason} (${missing.hint})\n`);

/** Code that is known to run for every request, by what perf can name of each language. */
const REAL_CODE: Record<string, RegExp> = {
  nginx: /^ngx_http_/,
  ferro: /^net\/http\.\(\*conn\)\.serve$/,
  'ferro:1.4.4': /^net\/http\.\(\*conn\)\.serve$/,
  bifrost: /fasthttp\.\(\*Server\)\.serveConn/,
  litellm: /_PyEval_EvalFrame/,
  portkey: /tryPost|tryTargetsRecursively|chatCompletionsHandler|handler/i,
};

describe.skipIf(missing !== null)('flame graphs of the real gateways, by perf', () => {
  let out: string;
  let folder: RunFolder;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'gatebench-e2e-'));
    const length = ['--vus', '50', '--warmup', '2s', '--duration', '5s', '--rate', '999'];
    const pauses = ['--cooldown', '0s', '--idle', '0s', '--recovery', '0s', '--no-calibration'];
    const run = ['flame', '-g', labels.join(), '-s', 'quick', '--profiler', 'perf', '-o', out];
    const result = await cli([...run, ...length, ...pauses]);
    process.stderr.write(result.stderr);
    expect(result.exitCode).toBe(0);
    folder = await RunFolder.open(join(out, readdirSync(out)[0] ?? ''));
  });
  afterAll(() => rm(out, { recursive: true, force: true }));

  it.each(labels)('%s: names its code, and little of it is unknown', async (label) => {
    const { records } = await folder.readRecords();
    const record = records.find(({ cell }) => cell.profiler === 'perf' && labelOf(cell) === label);
    expect(['ok', 'invalid'], JSON.stringify(record?.outcome)).toContain(record?.outcome.kind);
    const profile = await folder.readProfile(record?.cell.id ?? '');
    if (!profile) throw new Error(`${label} has no profile`);
    const categorised = categorise(profile);
    const totals = categoryTotals(categorised);
    const unknown = totals.find(({ category }) => category === 'unknown')?.share ?? 0;
    process.stderr.write(
      `${label}: ${record?.profile?.samples} samples, ${(unknown * 100).toFixed(1)} % unknown, ` +
        `${record?.ratePerSec?.toFixed(0)} req/s\n`,
    );
    expect(totals.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(unknown).toBeLessThan(0.1);
    expect(profile.meta).toMatchObject({ event: expect.stringMatching(/^cpu-clock/), unit: 'nanoseconds' });
    expect(profile.meta.load?.requests).toBeGreaterThan(0);
    const names = profile.frames.map(({ name }) => name);
    const code = REAL_CODE[label];
    if (code)
      expect(
        names.some((name) => code.test(name)),
        `no ${code} in ${names.length} frames`,
      ).toBe(true);
    expect(hotFunctions(categorised).length).toBeGreaterThan(3);
    const report = join(folder.path, 'report', 'flame', record?.cell.id ?? '');
    for (const file of ['flame.html', 'flame.svg', 'profile.folded', 'profile.speedscope.json', 'profile.pb.gz']) {
      expect(existsSync(join(report, file)), file).toBe(true);
    }
  });

  it('keeps profiled cells out of the tables of measured ones', async () => {
    const { records } = await folder.readRecords();
    const csv = await readFile(join(folder.path, 'report', 'results.csv'), 'utf8');
    expect(csv.trimEnd().split('\n')).toHaveLength(records.length + 1);
    const report = await readFile(join(folder.path, 'report', 'report.md'), 'utf8');
    expect(report).toContain('## Flame graphs');
  });
});

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return variant === 'default' ? gateway : `${gateway}:${variant}`;
}
