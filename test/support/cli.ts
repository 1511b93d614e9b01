import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

const LOCK_FOLDER = join(tmpdir(), `gatebench-test-locks-${process.pid}`);
process.once('exit', () => rmSync(LOCK_FOLDER, { recursive: true, force: true }));

/** The compiled gatebench. */
export const MAIN = join(PACKAGE_ROOT, 'dist', 'src', 'main.js');
/** Tests run beside one another; what they measure is not what they test. */
export const CLI_ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, GATEBENCH_LOCK_DIR: LOCK_FOLDER };

export interface CliResult {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunningCli {
  child: ChildProcess;
  /** All of stderr until now. */
  stderr(): string;
  done: Promise<CliResult>;
}

const FITNESS = ['--fitness', '--no-fitness', '--require-fit', '--wait-for-quiet', '--help'];

/** Whether the machine is fit takes five seconds to tell, and tests know that it is busy. */
export function withoutFitness(args: string[]): string[] {
  const [verb = ''] = args;
  const asked = !['bench', 'capacity'].includes(verb) || args.some((arg) => FITNESS.includes(arg));
  return asked ? args : [...args, '--no-fitness'];
}

/** Start the compiled gatebench, as a user would. @param cwd the folder it is started in */
export function startCli(args: string[], environment: Record<string, string> = {}, cwd = process.cwd()): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...withoutFitness(args)], {
    cwd,
    env: { ...CLI_ENVIRONMENT, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const done = new Promise<CliResult>((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...output }));
  });
  return { child, stderr: () => output.stderr, done };
}

export function cli(args: string[], environment: Record<string, string> = {}, cwd = process.cwd()): Promise<CliResult> {
  return startCli(args, environment, cwd).done;
}
