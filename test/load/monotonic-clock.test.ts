import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { compiledProgram } from '../../src/lib/paths.js';
import { monotonicUs } from '../../src/load/monotonic-clock.js';

it('is the clock of the machine, so that another process reads a moment between two of ours', () => {
  const before = monotonicUs();
  const program = `
    import { monotonicUs } from ${JSON.stringify(compiledProgram('src/load/monotonic-clock'))};
    process.stdout.write(String(monotonicUs()));
  `;
  const theirs = Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
  expect(theirs).toBeGreaterThan(before);
  expect(theirs).toBeLessThan(monotonicUs());
});
