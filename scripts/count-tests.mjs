// Adds up vitest's JSON reports into one line: "12 passed, 0 failed, 3 skipped". Fails where nothing ran. Before that, names
// every test that passed only when it was tried again: where a test is often there, it or what it tests needs mending.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const total = { passed: 0, failed: 0, skipped: 0 };
const retried = [];
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests + report.numTodoTests;
  for (const { name: file, assertionResults } of report.testResults) {
    for (const { status, fullName, failureMessages } of assertionResults) {
      // A test that passed keeps the messages of the tries before.
      if (status === 'passed' && failureMessages.length > 0) {
        const [why] = failureMessages[0].split('\n');
        retried.push(`  ${relative('.', file)}: ${fullName}\n    ${why}`);
      }
    }
  }
}
if (retried.length > 0) {
  process.stdout.write(`\n!! ${retried.length} passed only when tried again:\n${retried.join('\n')}\n\n`);
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.passed > 0 && total.failed === 0 ? 0 : 1;
