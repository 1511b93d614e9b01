/** How a test came out. */
export type TestResult =
  | { kind: 'passed' }
  | { kind: 'skipped'; message: string }
  /** A failure is what the test found; an error kept it from finding anything. */
  | { kind: 'failure' | 'error'; message: string; type?: string; text?: string };

export interface TestCase {
  classname: string;
  name: string;
  /** Schemas ask for one; 0 where nothing was timed. */
  timeS: number;
  result: TestResult;
  /** What it printed. */
  output?: string;
}

export interface TestSuite {
  name: string;
  cases: readonly TestCase[];
}

/** JUnit's XML, as Jenkins, GitLab and GitHub's actions read it. There is no standard: this is what all of them have in common. */
export function junitXml(name: string, suites: readonly TestSuite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const { tests, failures, errors } = countsOf(cases);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'testsuites',
    { name, tests, failures, errors },
    suites.map(suiteElement),
  )}\n`;
}

function countsOf(cases: readonly TestCase[]) {
  const count = (kind: TestResult['kind']) => cases.filter(({ result }) => result.kind === kind).length;
  const timeS = cases.reduce((sum, each) => sum + each.timeS, 0);
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: rounded(timeS),
  };
}

function suiteElement({ name, cases }: TestSuite): string {
  return element('testsuite', { name, ...countsOf(cases) }, cases.map(caseElement));
}

function caseElement({ classname, name, timeS, result, output }: TestCase): string {
  return element('testcase', { classname, name, time: rounded(timeS) }, [
    ...resultElements(result),
    ...(output === undefined || output === '' ? [] : [element('system-out', {}, [escaped(output)])]),
  ]);
}

function resultElements(result: TestResult): string[] {
  switch (result.kind) {
    case 'passed':
      return [];
    case 'skipped':
      return [element('skipped', { message: result.message })];
    case 'failure':
    case 'error': {
      const { kind, message, type, text } = result;
      return [
        element(kind, { message, ...(type === undefined ? {} : { type }) }, text === undefined ? [] : [escaped(text)]),
      ];
    }
    default:
      return result satisfies never;
  }
}

/** Milliseconds are enough. */
function rounded(timeS: number): number {
  return Number(timeS.toFixed(3));
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
