import { spawn } from 'node:child_process';
import type { RemoteCommand, RemoteShell } from '../../src/remote/remote-shell.js';

/**
 * This machine in the place of a host elsewhere.
 * @param replace texts in the words of commands, to meddle with them
 * @param environment besides ours
 */
export function localShell(
  label: string,
  { replace = {}, environment = {} }: { replace?: Record<string, string>; environment?: Record<string, string> } = {},
): RemoteShell {
  const changed = (word: string) =>
    Object.entries(replace).reduce((text, [from, to]) => text.replaceAll(from, to), word);
  const start = async (words: readonly string[], signal?: AbortSignal): Promise<RemoteCommand> => {
    const [command = 'false', ...args] = words.map(changed);
    const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...environment } });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => undefined);
    const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) => {
      child.once('error', (error) => resolve({ exitCode: 127, stderr: error.message }));
      // ssh has this code for a command that a signal ended.
      child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? 255, stderr }));
    });
    // An ssh that is ended closes its command's stdin, and that is all that a host gets to know.
    signal?.addEventListener('abort', () => child.stdin.destroy());
    const endedOrAborted = async () => {
      const result = await ended;
      signal?.throwIfAborted();
      return result;
    };
    return { stdin: child.stdin, stdout: child.stdout, ended: endedOrAborted };
  };
  return {
    label,
    start,
    run: async (words, options) => {
      const command = await start(words, options?.signal);
      command.stdin.end();
      let stdout = '';
      command.stdout.on('data', (chunk) => {
        stdout += chunk;
      });
      const { exitCode, stderr } = await command.ended();
      return { exitCode, stdout, stderr };
    },
  };
}
