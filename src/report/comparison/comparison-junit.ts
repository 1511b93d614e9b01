import type { CellComparison, MetricComparison, RunComparison } from '../../analysis/run-comparison/compare-runs.js';
import { junitXml, type TestCase, type TestResult, type TestSuite } from '../junit-xml.js';
import { type ComparisonReport, cellTitle } from './comparison-sections.js';
import { formatChange, formatFigure, formatVerdict } from './format-change.js';

/**
 * A comparison as JUnit's XML: a suite for each gateway and number of VUs, a test for each metric that decides. Worse is a
 * failure; inconclusive is skipped, because a test that can't tell is no failed one.
 */
export function comparisonJunit({ comparison, head }: ComparisonReport): string {
  const suites = comparison.cells.filter(({ isDirect }) => !isDirect).map((cell) => suiteOf(cell, comparison));
  const unmeasured = comparison.unmeasured.map((text): TestSuite => {
    const title = text;
    const result = { kind: 'skipped', message: 'not measured in the head' } as const;
    return { name: title, cases: [testCase(title, 'measured', result)] };
  });
  return junitXml(`gatebench compare: ${head.at(-1)?.id ?? ''}`, [...suites, ...unmeasured]);
}

function suiteOf(cell: CellComparison, { method }: RunComparison): TestSuite {
  const title = cellTitle(cell);
  const { outcome } = cell;
  const works = outcome === null ? PASSED : outcomeResult(outcome.verdict, outcome.text);
  const metrics = cell.metrics.filter(({ decides }) => decides);
  return {
    name: title,
    cases: [
      testCase(title, 'works', works),
      ...metrics.map((metric) => metricCase(title, metric, formatVerdict(metric, method))),
    ],
  };
}

const PASSED: TestResult = { kind: 'passed' };

function outcomeResult(verdict: 'worse' | 'better' | 'inconclusive', message: string): TestResult {
  if (verdict === 'better') return PASSED;
  return { kind: verdict === 'worse' ? 'failure' : 'skipped', message };
}

function metricCase(title: string, metric: MetricComparison, verdict: string): TestCase {
  const figures = `${formatFigure(metric, metric.base?.estimate)} → ${formatFigure(metric, metric.head?.estimate)}`;
  const message = `${metric.title} ${formatChange(metric)}: ${figures}`;
  switch (metric.verdict.kind) {
    case 'worse': {
      const text = `${message}; fails if ${metric.tolerance}`;
      return testCase(title, metric.tolerance, { kind: 'failure', message, type: 'worse', text });
    }
    case 'inconclusive':
      return testCase(title, metric.tolerance, { kind: 'skipped', message: `${verdict} (${message})` });
    default:
      return { ...testCase(title, metric.tolerance, PASSED), output: `${verdict}: ${message}` };
  }
}

/** Nothing was timed. */
function testCase(classname: string, name: string, result: TestResult): TestCase {
  return { classname, name, timeS: 0, result };
}
