import { expect, it } from 'vitest';
import { runInstallCommand, tryInstallCommand } from '../../src/install/install-command.js';

function context() {
  const lines: string[] = [];
  const stop = new AbortController();
  return { lines, stop, log: (line: string) => lines.push(line), signal: stop.signal };
}

it('logs the command and each line of both outputs, and returns them', async () => {
  const to = context();
  const output = await runInstallCommand(['sh', '-c', 'echo one; echo two >&2'], to);
  expect(output.split('\n').sort()).toEqual(['one', 'two']);
  expect(to.lines[0]).toBe('$ sh -c echo one; echo two >&2');
  expect(to.lines.slice(1).sort()).toEqual(['one', 'two']);
});

it('tells the exit code and the last lines of a failure', async () => {
  const attempt = runInstallCommand(['sh', '-c', 'seq 20; exit 3'], context(), { hint: 'do this' });
  await expect(attempt).rejects.toMatchObject({
    message: expect.stringMatching(/exit code 3\n15\n[\s\S]*20$/),
    hint: 'do this',
  });
});

it('says that a program is not there', async () => {
  const { failure } = await tryInstallCommand(['gatebench-no-such-program'], context());
  expect(failure?.message).toContain('there is no gatebench-no-such-program');
  expect(failure?.hint).toBe('install gatebench-no-such-program, or put it on PATH');
});

it('ends a command that hangs', async () => {
  const attempt = runInstallCommand(['sleep', '300'], context(), { timeoutS: 0.2 });
  await expect(attempt).rejects.toThrow('was still running after 0.2 s');
});

it('ends the programs below it too when the user stops it', async () => {
  const to = context();
  const attempt = runInstallCommand(['sh', '-c', 'sleep 300 & echo $!; wait'], to);
  const grandchild = await new Promise<number>((found) => {
    const look = setInterval(() => {
      const line = to.lines[1];
      if (line === undefined) return;
      clearInterval(look);
      found(Number(line));
    }, 10);
  });
  expect(process.kill(grandchild, 0)).toBe(true);
  to.stop.abort();
  await expect(attempt).rejects.toThrow('stopped by SIGINT');
  await expect.poll(() => isAlive(grandchild), { timeout: 20_000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
