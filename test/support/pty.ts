import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { CLI_ENVIRONMENT, MAIN, withoutFitness } from './cli.js';
import { Screen } from './screen.js';

const PTY_PROGRAM = join(PACKAGE_ROOT, 'test', 'support', 'on-terminal.py');

/** The compiled gatebench on a terminal. */
export interface TerminalCli {
  /** All that it has written until now, escape sequences included. */
  raw(): string;
  resize(columns: number, rows: number): void;
  /** As if it was typed. */
  type(text: string): void;
  /** What the terminal shows now, all that was written before taken in. */
  screen(): Promise<Screen>;
  exitCode: Promise<number | null>;
  kill(): void;
}

export function startOnTerminal(
  args: string[],
  { columns, rows }: { columns: number; rows: number },
  environment: Record<string, string> = {},
): TerminalCli {
  const command = [process.execPath, MAIN, ...withoutFitness(args)];
  const child = spawn('python3', [PTY_PROGRAM, String(columns), String(rows), ...command], {
    env: { ...CLI_ENVIRONMENT, TERM: 'xterm-256color', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  const done: (string | [number, number])[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    done.push(text);
  });
  const order = (line: string) => child.stdin.write(`${line}\n`);
  return {
    raw: () => written,
    resize: (...size) => {
      done.push(size);
      order(`resize ${size.join(' ')}`);
    },
    type: (text) => order(`send ${Buffer.from(text).toString('hex')}`),
    screen: async () => {
      const screen = new Screen(columns, rows);
      for (const each of [...done]) {
        if (typeof each === 'string') await screen.write(each);
        else screen.resize(...each);
      }
      return screen;
    },
    exitCode: once(child, 'close').then(([code]) => code),
    kill: () => child.kill('SIGKILL'),
  };
}
