import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { findInPath } from '../../lib/find-in-path.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';

/** Linux perf, in PATH. */
export const PERF = 'perf';

/**
 * The environment of every perf call: English messages, no perfconfig of the user, and no downloads of debug
 * information, which can block `perf script` for minutes.
 */
export const PERF_ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  PERF_CONFIG: '/dev/null',
  DEBUGINFOD_URLS: '',
};

const TIMEOUT_MS = 60_000;

/** Runs perf to its end. Never throws: see `ok`. */
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

/** The relevant lines of an error: perf surrounds them with rulers and advice. */
export function perfComplaint(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:Error:|Warning:|Events (?:en|dis)abled|[-=]{3,}|\[ perf record)/.test(line));
  return lines.slice(0, 2).join(' ') || 'perf gave no reason';
}

/**
 * Why perf can't sample here; null if it can. Tries it on a child process, which covers kernel settings,
 * capabilities, containers and Ubuntu's wrapper without a perf.
 */
export async function perfUnavailable(): Promise<{ reason: string; hint: string } | null> {
  if (process.platform !== 'linux') return { reason: 'perf runs only on Linux', hint: 'profile on a Linux machine' };
  if (findInPath(PERF) === null) {
    return { reason: 'perf is not installed', hint: 'apt-get install linux-perf (Ubuntu: linux-tools-generic)' };
  }
  const folder = await temporaryFolder();
  try {
    const args = ['record', '-B', '-N', '-e', 'cpu-clock', '-g', '-o', 'perf.data', '--', 'true'];
    const { ok, stderr } = await runPerf(args, folder.path);
    return ok ? null : { reason: `perf can't sample here: ${perfComplaint(stderr)}`, hint: await hint() };
  } finally {
    await folder.remove();
  }
}

/** How to allow perf. See `perf_event_paranoid` in the kernel's admin guide. */
async function hint(): Promise<string> {
  const level = await paranoidLevel();
  const allow = 'sysctl kernel.perf_event_paranoid=1, or run as root';
  if (level !== null && level > 1) return `${allow} (it is ${level} here)`;
  return 'run as root; in a container, give it CAP_PERFMON and a seccomp profile that allows perf_event_open';
}

/** At 2, ordinary users get no kernel frames; at 3 and above (Debian), nothing at all. Null if it can't be read. */
export async function paranoidLevel(): Promise<number | null> {
  const text = await readFile('/proc/sys/kernel/perf_event_paranoid', 'utf8').catch(() => '');
  const level = Number.parseInt(text, 10);
  return Number.isNaN(level) ? null : level;
}
