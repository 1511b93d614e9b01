import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

/** Run a line of bash in which `gatebench` is the compiled one. */
function bash(line: string): { exitCode: number | null; stdout: string; stderr: string } {
  const main = join(PACKAGE_ROOT, 'dist', 'src', 'main.js');
  const script = `set -o pipefail; gatebench() { "${process.execPath}" "${main}" "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

/** More than any pipe holds. */
const VUS = Array.from({ length: 100 }, (_, at) => at + 1).join(',');
const LONG = `plan --json --gateways direct --seed 1 --repeats 20 --vus ${VUS}`;

describe('output that can’t be written', () => {
  it('makes `report --json` fail, and say so', async () => {
    const run = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    onTestFinished(() => rm(run, { recursive: true }));
    await cp(join(PACKAGE_ROOT, 'test', 'fixtures', 'run-schema-1'), run, { recursive: true });
    const { exitCode, stderr } = bash(`gatebench report --json ${run} > /dev/full`);
    expect(stderr).toMatch(/^error: stdout can't be written: ENOSPC/m);
    expect(exitCode).toBe(1);
  });

  it.each(['list', 'list --json', 'plan', '--help', 'bench --help', '--version', 'mock --help', LONG])(
    'makes it fail: %s',
    (words) => expect(bash(`gatebench ${words} > /dev/full`).exitCode).toBe(1),
  );

  it('leaves wrong usage wrong usage', () => {
    expect(bash('gatebench plan --nothing > /dev/full').exitCode).toBe(2);
  });

  it('is no fault where nothing was to be written', () => {
    expect(bash('gatebench list 2> /dev/full').exitCode).toBe(0);
  });

  it('is nobody’s fault where the reader has read enough', () => {
    expect(bash(`gatebench ${LONG} | head -1`)).toEqual({ exitCode: 0, stdout: '{\n', stderr: '' });
  });
});

describe('output to a slow reader', () => {
  it('arrives whole before the process ends', () => {
    const { stdout, exitCode } = bash(`gatebench ${LONG} | { sleep 1; cat; }`);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(200_000);
    expect(JSON.parse(stdout).cells).toHaveLength(2_000);
  });
});
