import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Test {
  fullName: string;
  status: 'passed' | 'failed';
  failureMessages: string[];
}

/** What the script says of reports as vitest writes them. */
function count(...reports: Test[][]) {
  const paths = reports.map((assertionResults, index) => {
    const path = join(folder, `${index}.json`);
    const [passed, failed] = ['passed', 'failed'].map(
      (kind) => assertionResults.filter((t) => t.status === kind).length,
    );
    const totals = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 1, numTodoTests: 0 };
    const testResults = [{ name: join(PACKAGE_ROOT, 'test', 'a.test.ts'), assertionResults }];
    writeFileSync(path, JSON.stringify({ ...totals, testResults }));
    return path;
  });
  const script = join(PACKAGE_ROOT, 'scripts', 'count-tests.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, ...paths], { cwd: PACKAGE_ROOT, encoding: 'utf8' });
  return { status, lines: stdout.split('\n') };
}

const good: Test = { fullName: 'group good', status: 'passed', failureMessages: [] };
const second: Test = { fullName: 'group second', status: 'passed', failureMessages: ['Error: 231 of 200\n    at x'] };
const bad: Test = { fullName: 'group bad', status: 'failed', failureMessages: ['Error: bad'] };

it('adds up reports into one line', () => {
  expect(count([good], [good, good])).toEqual({ status: 0, lines: ['3 passed, 0 failed, 2 skipped', ''] });
});

it('names what passed only when it was tried again, with why it failed before', () => {
  const { status, lines } = count([good, second], [bad]);
  expect(status).toBe(1);
  expect(lines.filter((line) => line !== '')).toEqual([
    '!! 1 passed only when tried again:',
    '  test/a.test.ts: group second',
    '    Error: 231 of 200',
    '2 passed, 1 failed, 2 skipped',
  ]);
});

it('fails where nothing ran', () => {
  expect(count([]).status).toBe(1);
});
