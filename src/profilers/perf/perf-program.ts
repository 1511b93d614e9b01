import { execa } from 'execa';

/** Linux perf, as found in PATH. */
export const PERF = 'perf';

/**
 * What every call of perf gets: messages in English, the user's own perfconfig kept out, and no debug information
 * looked up in the network, which can hold `perf script` for minutes.
 */
export const PERF_ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  PERF_CONFIG: '/dev/null',
  DEBUGINFOD_URLS: '',
};

const TIMEOUT_MS = 60_000;

/** Run perf to its end and take what it says. Never throws: `ok` tells. */
export async function runPerf(
  args: readonly string[],
  cwd?: string,
): Promise<{ ok: boolean; stdout: string; stderr: string }> {
  const result = await execa(PERF, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...PERF_ENVIRONMENT },
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT_MS,
  });
  return { ok: !result.failed, stdout: result.stdout, stderr: result.stderr || (result.shortMessage ?? '') };
}

/** The lines of a failure that say something: perf surrounds them with rulers and advice. */
export function perfComplaint(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:Error:|Warning:|Events (?:en|dis)abled|[-=]{3,}|\[ perf record)/.test(line));
  return lines.slice(0, 2).join(' ') || 'perf gave no reason';
}
