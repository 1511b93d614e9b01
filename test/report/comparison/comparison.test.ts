import { describe, expect, it } from 'vitest';
import { type ComparisonInput, compareRuns } from '../../../src/analysis/run-comparison/compare-runs.js';
import { DEFAULT_TOLERANCES } from '../../../src/analysis/run-comparison/tolerances.js';
import type { CellRecord, Outcome } from '../../../src/model/record.js';
import { comparisonJson } from '../../../src/report/comparison/comparison-json.js';
import { comparisonJunit } from '../../../src/report/comparison/comparison-junit.js';
import { comparisonMarkdown } from '../../../src/report/comparison/comparison-markdown.js';
import { type ComparisonReport, comparisonSections } from '../../../src/report/comparison/comparison-sections.js';
import { terminalSections } from '../../../src/report/terminal.js';
import { measuredRunOf, repeatsOf } from '../../support/compared-runs.js';

const rates = [1000, 1004, 996, 1001, 999];
const scaled = (factor: number) => rates.map((rate) => rate * factor);

function reportOf(base: CellRecord[], head: CellRecord[], more: Partial<ComparisonInput> = {}): ComparisonReport {
  const [ours, theirs] = [measuredRunOf(base, { id: 'run-1' }), measuredRunOf(head, { id: 'run-2' })];
  const comparison = compareRuns({
    base: [ours],
    head: [theirs],
    method: 'repeats',
    between: null,
    acrossMachines: false,
    tolerances: DEFAULT_TOLERANCES,
    ...more,
  });
  return { comparison, base: [ours.run], head: [theirs.run], notes: ['A note.'] };
}

function textOf(report: ComparisonReport): string {
  const { summary, deciding, others } = comparisonSections(report);
  return terminalSections([summary, deciding, others], { colour: false });
}

describe('a comparison as text', () => {
  it('says what is worse, by how much, and by which rule', () => {
    const text = textOf(reportOf(repeatsOf('a', rates), repeatsOf('a', scaled(0.9))));
    expect(text).toMatch(/^Worse: a at 50 VUs, rate 10 % lower\nBase: run-1\. Head: run-2\. Both \(8 × Example CPU/);
    expect(text).toMatch(/a +50 +rate +1,000 req\/s +900 req\/s +-10\.00 % \[-10\.38, -9\.62\] +rate<-3% +worse/);
    expect(text).toMatch(/a +50 +p99 +64\.4 ms +64\.4 ms +0\.0 % \[0\.0, 0\.0\] +p99>\+5% +same/);
    expect(text).toContain('A note.');
    // The others have no tolerance of their own.
    expect(text).toMatch(/All other metrics\n.*\n[\s\S]*a +50 +p50 .* same/);
  });

  it('says what it would take where it can’t tell', () => {
    const noisy = [1000, 1100, 900, 1050, 950];
    const text = textOf(reportOf(repeatsOf('a', noisy), repeatsOf('a', [...noisy].reverse())));
    expect(text).toMatch(/^Inconclusive: a at 50 VUs, rate\n/);
    expect(text).toMatch(/inconclusive: at least \d+ repeats more each/);
    const few = textOf(reportOf(repeatsOf('a', [1000]), repeatsOf('a', [1000])));
    expect(few).toMatch(/rate +1,000 req\/s +1,000 req\/s +– +rate<-3% +inconclusive: 1 trusted repeat, 3 are needed/);
  });

  it('says that direct differs too', () => {
    const text = textOf(
      reportOf(
        [...repeatsOf('direct', rates), ...repeatsOf('a', rates)],
        [...repeatsOf('direct', scaled(0.8)), ...repeatsOf('a', scaled(0.8))],
      ),
    );
    expect(text).toMatch(/Without any gateway \(direct at 50 VUs\) it differs too: rate -20\.00 %/);
  });

  it('says what was left out, and what no longer works', () => {
    const crash: Outcome = {
      kind: 'crashed',
      exitCode: 1,
      signal: null,
      phase: 'window',
      atS: 3,
      reason: 'exit',
      logTail: [],
    };
    const text = textOf(
      reportOf(
        [...repeatsOf('a', rates), ...repeatsOf('b', rates)],
        [...repeatsOf('a', rates, () => ({ outcome: crash })), ...repeatsOf('c', rates)],
      ),
    );
    expect(text).toMatch(/^Worse: a at 50 VUs, crashed in 5 of 5 repeats; in the base in none\n/);
    expect(text).toContain('Only in the base: b at 50 VUs.');
    expect(text).toContain('Only in the head: c at 50 VUs.');
  });
});

describe('a comparison as Markdown', () => {
  const report = reportOf(repeatsOf('a', rates), repeatsOf('a', scaled(0.9)));

  it('has the verdict and what decides at its top, and folds the rest', () => {
    const markdown = comparisonMarkdown(report);
    expect(markdown).toMatch(/^<!-- gatebench compare -->\n\n### gatebench: Worse: a at 50 VUs, rate 10 % lower\n/);
    expect(markdown).toContain(
      '| a | 50 | rate | 1,000 req/s | 900 req/s | -10.00 % \\[-10.38, -9.62\\] | rate\\<-3% | worse |',
    );
    expect(markdown).toMatch(/<details><summary>All other metrics<\/summary>\n\n[\s\S]*\| p50 \|[\s\S]*<\/details>\n$/);
    expect(markdown.indexOf('| p50 |')).toBeGreaterThan(markdown.indexOf('<details>'));
  });

  it('fits into a comment, whatever was compared', () => {
    const names = Array.from({ length: 200 }, (_, at) => `gateway-${at}`);
    const of = (factor: number) =>
      names.flatMap((name) =>
        repeatsOf(
          name,
          [1000, 1001, 1002].map((rate) => rate * factor),
        ),
      );
    const markdown = comparisonMarkdown(reportOf(of(1), of(0.9)));
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown).toMatch(/too long for a comment/);
    expect(markdown).toContain('and 197 more');
  });
});

describe('a comparison as JUnit’s XML', () => {
  it('has a failure for what is worse, a skipped test for what is not known', () => {
    const noisy = [1000, 1100, 900, 1050, 950];
    const xml = comparisonJunit(
      reportOf(
        [...repeatsOf('a', rates), ...repeatsOf('b', noisy)],
        [...repeatsOf('a', scaled(0.9)), ...repeatsOf('b', [...noisy].reverse())],
      ),
    );
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="gatebench compare: run-2" tests="10" failures="1" errors="0">/,
    );
    expect(xml).toContain('<testsuite name="a at 50 VUs" tests="5" failures="1" errors="0" skipped="0" time="0">');
    expect(xml).toContain(
      '<testcase classname="a at 50 VUs" name="rate&lt;-3%" time="0"><failure message="rate -10.00 %',
    );
    expect(xml).toMatch(
      /<testcase classname="b at 50 VUs" name="rate&lt;-3%" time="0"><skipped message="inconclusive: at least/,
    );
  });
});

describe('a comparison as JSON', () => {
  it('is unrounded, with its sentences', () => {
    const json = JSON.parse(
      JSON.stringify(comparisonJson(reportOf(repeatsOf('a', rates), repeatsOf('a', scaled(0.9))))),
    );
    expect(json).toMatchObject({
      schemaVersion: 1,
      verdict: 'worse',
      method: 'repeats',
      base: [{ id: 'run-1', machine: { cores: 8 } }],
      cells: [
        {
          title: 'a at 50 VUs',
          metrics: expect.arrayContaining([expect.objectContaining({ metric: 'rate', decides: true })]),
        },
      ],
    });
    expect(json.cells[0].metrics[0].change.estimate).toBeCloseTo(-0.1, 12);
    expect(json.cells[0].metrics[0].text).toBe('-10.00 % [-10.38, -9.62]: worse');
  });
});
