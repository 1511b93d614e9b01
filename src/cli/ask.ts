import { createInterface } from 'node:readline';

/**
 * Ask on the terminal.
 * @param unattended the answer where stdin is no terminal
 * @param onInterrupt Ctrl-C instead of an answer: a terminal in raw mode makes no signal of it
 */
export function ask(question: string, unattended: boolean, onInterrupt?: () => void): Promise<boolean> {
  if (process.stdin.isTTY !== true) return Promise.resolve(unattended);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.on('SIGINT', () => {
      terminal.close();
      onInterrupt?.();
      resolve(false);
    });
    terminal.question(`${question} [y/N] `, (answer) => {
      terminal.close();
      resolve(/^y(es)?$/i.test(answer.trim()));
    });
  });
}
