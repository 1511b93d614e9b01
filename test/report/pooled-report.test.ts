import { describe, expect, it } from 'vitest';
import { encodeHistogram, newHistogram, recordUs } from '../../common/histogram.js';
import { PooledReport } from '../../src/model/pooled-report.js';
import { calibrationOf } from '../support/calibrations.js';
import { repeatsOf } from '../support/compared-runs.js';
import { partOf, pooledReportOf } from '../support/pooled-runs.js';
import { latencyOf } from '../support/record-builder.js';

const calibrated = (slower: number) => {
  const calibration = calibrationOf({ integer: 1.1 * slower, branches: 6 * slower });
  return { calibration: { before: calibration, after: calibration } };
};
const partAt = (id: string, version: string, rates: number[], slower = 1) =>
  partOf(
    [
      ...repeatsOf('direct', rates, () => calibrated(slower)),
      ...repeatsOf(
        'litellm',
        rates.map((rate) => rate / 2),
        () => ({ version, title: 'LiteLLM', ...calibrated(slower) }),
      ),
    ],
    { id, createdAt: `2026-05-0${id.length}T10:00:00.000Z`, seed: id.length, calibration: true },
  );
const same = pooledReportOf([partAt('mon', '1.82.6', [800, 804, 796]), partAt('tues', '1.82.6', [801, 805, 797])]);
const versions = pooledReportOf(
  [partAt('mon', '1.82.6', [800, 804, 796]), partAt('tues', '1.108.7', [850, 854, 846], 1.2)],
  ['gatebench: commit was 1, is 2: engine and mock may differ.'],
);

describe('a report of several runs', () => {
  const markdown = versions.markdown();

  it('names its runs at the top, and what differs among them', () => {
    expect(markdown.match(/^#+ .+$/gm)?.slice(0, 4)).toEqual([
      '# The published benchmark: 2 runs',
      '## Runs',
      '## Differences between the runs',
      '## Run',
    ]);
    expect(markdown).toMatch(/\| mon \| 2026-05-03 10:00 UTC \| 0\.1\.0 abcdef0 \| 3 \| 1–3 \| 6 ok \| 100\.0 % \|/);
    expect(markdown).toMatch(
      /\| tues \| 2026-05-04 10:00 UTC \| 0\.1\.0 abcdef0 \| 4 \| 4–6 \| 6 ok \| 1\d\d\.\d % \|/,
    );
    expect(markdown).toContain(
      'litellm is different versions in these runs, so each is a gateway of its own here: litellm:1.82.6 in mon; litellm:1.108.7 in tues.',
    );
    expect(markdown).toContain('gatebench: commit was 1, is 2: engine and mock may differ.');
    expect(versions.terminal({ colour: false })).toMatch(
      /^The published benchmark: 2 runs\n\n(?:.+\n)+\nRuns\n2 runs of one machine/,
    );
  });

  it('says where the runs differ by more than their repeats', () => {
    expect(markdown).toMatch(/\| direct \| 50 \| rate \(req\/s\) \| 800 \| 850 \| \\< 0\.001 \|/);
    expect(same.markdown()).not.toContain('Differences between the runs');
  });

  it('shows versions side by side, each with the repeats of its run', () => {
    const rows = markdown.split('\n').filter((line) => /^\| (LiteLLM|direct) ?[\d.]* ?[¹²³⁴]? ?\| /.test(line));
    expect(rows.join('\n')).toMatch(/LiteLLM 1\.82\.6 .*400 ±[\s\S]*LiteLLM 1\.108\.7 .*425 ±/);
    expect(same.markdown()).toMatch(/\| LiteLLM 1\.82\.6 \| 400 ±/);
  });

  it('doesn’t say which version is better: no block has both', () => {
    expect(markdown).toContain('No block has two of them, so no ratio of them is given.');
    expect(versions.comparisonsCsv).toContain('0 common blocks are too few');
  });

  it('says how to run each of them again, and the report', () => {
    expect(markdown).toMatch(
      /^# mon\n[\s\S]*--seed 3[\s\S]*^# tues\n[\s\S]*--seed 4[\s\S]*^gatebench report results\/mon results\/tues$/m,
    );
  });

  it('has what it is made of as data', () => {
    expect(PooledReport.parse(versions.parts)).toEqual(versions.parts);
    expect(versions.parts).toMatchObject({
      id: 'mon_tues',
      runs: [
        {
          id: 'mon',
          firstBlock: 1,
          lastBlock: 3,
          costBesideFirst: 1,
          versions: { direct: null, 'litellm:1.82.6': '1.82.6' },
        },
        { id: 'tues', firstBlock: 4, lastBlock: 6, versions: { 'litellm:1.108.7': '1.108.7' } },
      ],
      split: [{ label: 'litellm' }],
    });
    const json = JSON.parse(versions.json);
    expect(json.parts).toEqual(versions.parts);
    expect(json.cells[0].pooledFrom).toEqual({ runId: 'mon', cellId: 'direct-v50-r1' });
  });

  it('has the same at the top of its page, with a doubt where the runs differ', () => {
    const assets = { script: '', style: '' };
    const page = versions.page({ assets });
    expect(page.match(/<h2 id="[\w-]+-title">/g)?.slice(0, 2)).toEqual([
      '<h2 id="runs-title">',
      '<h2 id="throughput-title">',
    ]);
    expect(page).toContain('litellm:1.82.6 in mon; litellm:1.108.7 in tues');
    expect(page).toMatch(/The runs differ by more than their repeats in \d+ figures? \(see Runs\)/);
    expect(same.page({ assets })).not.toContain('The runs differ by more');
  });

  it('has no chart of the machine’s speed, which has no one course', () => {
    expect(versions.charts.map(({ fileName }) => fileName)).not.toContain('machine-speed.png');
    expect(versions.charts.length).toBeGreaterThan(2);
  });
});

describe('requests of several runs', () => {
  const histogram = newHistogram();
  recordUs(histogram, 61_000);
  const encoded = encodeHistogram(histogram);
  const partWithHistograms = (id: string) =>
    partOf(
      repeatsOf('nginx', [800, 801, 802]).map((record) => ({
        ...record,
        latencyUs: { ...latencyOf(1, 61_000), histogram: encoded },
      })),
      { id },
    );

  it('are never one distribution', () => {
    const one = JSON.parse(pooledReportOf([partWithHistograms('one')]).json);
    expect(one.intervals[0].pooledUs).toMatchObject({ repeats: 3 });
    const two = JSON.parse(pooledReportOf([partWithHistograms('one'), partWithHistograms('two')]).json);
    expect(two.intervals[0].pooledUs).toBeNull();
    expect(two.intervals[0].betweenRuns.rate.n).toBe(6);
  });
});
