import { readFile } from 'node:fs/promises';
import { findInPath } from '../../lib/find-in-path.js';
import { temporaryFolder } from '../../lib/temporary-folder.js';
import { PERF, perfComplaint, runPerf } from './perf-program.js';

/**
 * What keeps perf from sampling here; null where nothing does. It is tried for real, on a process of our own: the
 * kernel's settings, capabilities, containers and Ubuntu's wrapper without a perf behind it all show in that.
 */
export async function perfUnavailable(): Promise<{ reason: string; hint: string } | null> {
  if (process.platform !== 'linux') return { reason: 'perf is a part of Linux', hint: 'profile on a Linux machine' };
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

/** How perf is let in. The setting is `perf_event_paranoid` of the kernel's admin guide. */
async function hint(): Promise<string> {
  const level = await paranoidLevel();
  const allow = 'sysctl kernel.perf_event_paranoid=1, or run as root';
  if (level !== null && level > 1) return `${allow} (it is ${level} here)`;
  return 'run as root; in a container, give it CAP_PERFMON and a seccomp profile that allows perf_event_open';
}

/** 2: no kernel frames for ordinary users; 3 and more, Debian's own: nothing for them at all. Null where unreadable. */
export async function paranoidLevel(): Promise<number | null> {
  const text = await readFile('/proc/sys/kernel/perf_event_paranoid', 'utf8').catch(() => '');
  const level = Number.parseInt(text, 10);
  return Number.isNaN(level) ? null : level;
}
