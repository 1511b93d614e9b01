import type { CellComparison, MetricComparison, RunComparison } from '../../analysis/run-comparison/compare-runs.js';
import { type ComparisonReport, cellTitle } from './comparison-sections.js';
import { formatChange, formatFigure, formatVerdict } from './format-change.js';

/**
 * JUnit's XML, as Jenkins, GitLab and GitHub's actions read it: a suite for each gateway and number of VUs, a test for each
 * metric that decides. Worse is a failure; inconclusive is skipped, because a test that can't tell is no failed one.
 */
export function comparisonJunit({ comparison, head }: ComparisonReport): string {
  const suites = comparison.cells.filter(({ isDirect }) => !isDirect).map((cell) => suiteOf(cell, comparison));
  const unmeasured = comparison.unmeasured.map((text) =>
    suite(`${text} VUs`, [
      testCase(`${text} VUs`, 'measured', element('skipped', { message: 'not measured in the head' })),
    ]),
  );
  const all = [...suites, ...unmeasured];
  const total = (key: 'tests' | 'failures' | 'skipped') => all.reduce((sum, each) => sum + each[key], 0);
  const counts = { tests: total('tests'), failures: total('failures'), errors: 0 };
  const name = `gatebench compare: ${head.at(-1)?.id ?? ''}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'testsuites',
    { name, ...counts },
    all.map(({ xml }) => xml),
  )}\n`;
}

interface Suite {
  xml: string;
  tests: number;
  failures: number;
  skipped: number;
}

interface TestCase {
  xml: string;
  kind: 'passed' | 'failure' | 'skipped';
}

function suiteOf(cell: CellComparison, { method }: RunComparison): Suite {
  const title = cellTitle(cell);
  const { outcome } = cell;
  const works = outcome === null ? '' : outcomeElement(outcome.verdict, outcome.text);
  const metrics = cell.metrics.filter(({ decides }) => decides);
  return suite(title, [
    testCase(title, 'works', works),
    ...metrics.map((metric) => testCase(title, metric.tolerance, metricElement(metric, formatVerdict(metric, method)))),
  ]);
}

function outcomeElement(verdict: 'worse' | 'better' | 'inconclusive', text: string): string {
  if (verdict === 'better') return '';
  return element(verdict === 'worse' ? 'failure' : 'skipped', { message: text });
}

function metricElement(metric: MetricComparison, verdict: string): string {
  const { kind } = metric.verdict;
  const figures = `${formatFigure(metric, metric.base?.estimate)} → ${formatFigure(metric, metric.head?.estimate)}`;
  const message = `${metric.title} ${formatChange(metric)}: ${figures}`;
  if (kind === 'worse')
    return element('failure', { message, type: 'worse' }, [escaped(`${message}; fails if ${metric.tolerance}`)]);
  if (kind === 'inconclusive') return element('skipped', { message: `${verdict} (${message})` });
  return element('system-out', {}, [escaped(`${verdict}: ${message}`)]);
}

function testCase(classname: string, name: string, content: string): TestCase {
  const kind = content.startsWith('<failure') ? 'failure' : content.startsWith('<skipped') ? 'skipped' : 'passed';
  // Schemas ask for a time; nothing was timed.
  return { xml: element('testcase', { classname, name, time: 0 }, content === '' ? [] : [content]), kind };
}

function suite(name: string, cases: readonly TestCase[]): Suite {
  const count = (kind: TestCase['kind']) => cases.filter((each) => each.kind === kind).length;
  const counts = { tests: cases.length, failures: count('failure'), errors: 0, skipped: count('skipped') };
  const xml = element(
    'testsuite',
    { name, ...counts, time: 0 },
    cases.map((each) => each.xml),
  );
  return { xml, tests: counts.tests, failures: counts.failures, skipped: counts.skipped };
}

function element(name: string, attributes: Record<string, string | number>, content: readonly string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const open = `<${name}${written.join('')}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join('\n')}</${name}>`;
}

/** Names and log lines stay text; what XML 1.0 can't hold at all is replaced. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\t\n\r]/g, (character: string) => `&#${character.charCodeAt(0)};`);
}
