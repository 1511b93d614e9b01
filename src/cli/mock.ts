import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { compiledProgram } from '../lib/paths.js';

/** Who starts it by hand wants a server to try things on. Benchmarks start the program itself, which is the published mock. */
const DEFAULT_FLAGS = ['--contract', 'full'];

export function registerMock(program: Command): void {
  program
    .command('mock')
    .description('run a mock LLM server in the foreground: OpenAI, Anthropic and Gemini; takes the mock’s own flags')
    .helpOption(false)
    .allowUnknownOption()
    .argument('[flags...]', 'flags of the mock, see gatebench mock --help')
    .action((flags: string[]) => runMock([...DEFAULT_FLAGS, ...flags]));
}

/** Ctrl-C reaches the mock by itself, as it is in the same process group; other signals are forwarded. */
function runMock(flags: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [compiledProgram('mock-upstream/main'), ...flags], { stdio: 'inherit' });
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (exitCode) => {
      process.exitCode = exitCode ?? 1;
      resolve();
    });
  });
}
