import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { waitUntil } from '../../src/lib/sleep.js';

const moduleUrl = (name: string) => pathToFileURL(join(PACKAGE_ROOT, 'dist', 'src', `${name}.js`)).href;

/** Has a detached child of its own, and never finishes cleaning up. */
const NEVER_DONE = `
import { spawn } from 'node:child_process';
import { remember } from '${moduleUrl('lib/child-registry')}';
import { interruptible } from '${moduleUrl('cli/interrupt')}';
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
remember(child.pid);
await interruptible((signal) => new Promise(() => {
  signal.addEventListener('abort', () => console.log('aborted'));
  setInterval(() => {}, 1000);
  console.log(child.pid);
}));
`;

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('interruptible', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'aborts at the first %s, and ends at once with its children at the second',
    async (signal, exitCode) => {
      const program = spawn(process.execPath, ['--input-type=module', '-e', NEVER_DONE], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      try {
        let stdout = '';
        program.stdout.on('data', (chunk) => {
          stdout += chunk;
        });
        expect(await waitUntil(() => /^\d+\n/.test(stdout), 20_000)).toBe(true);
        const childPid = Number.parseInt(stdout, 10);
        program.kill(signal);
        expect(await waitUntil(() => stdout.includes('aborted'), 20_000)).toBe(true);
        expect([program.exitCode, isAlive(childPid)]).toEqual([null, true]);
        program.kill(signal);
        const ended = await Promise.race([
          once(program, 'exit'),
          new Promise<null>((resolve) => setTimeout(() => resolve(null), 20_000)),
        ]);
        expect(ended?.[0]).toBe(exitCode);
        expect(await waitUntil(() => !isAlive(childPid), 20_000)).toBe(true);
      } finally {
        program.kill('SIGKILL');
      }
    },
    90_000,
  );
});
