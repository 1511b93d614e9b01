import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { findInPath } from '../../lib/find-in-path.js';
import { PERF, perfComplaint, runPerf } from '../perf/perf-program.js';

/** Where the kernel shows its tracepoints: its own mount since Linux 4.1, before that under debugfs. */
const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** What each recording asks of perf; see `SchedSwitchParser` for why both are needed. */
export const SWITCH_EVENTS = ['-e', 'sched:sched_switch', '--switch-events'];

/**
 * Null where perf can record who leaves a CPU and who comes back, else what is missing. It is tried for real: whether
 * it is allowed depends on the user, capabilities, `perf_event_paranoid` and the container.
 * @param tracefs where to look for the scheduler's tracepoint
 */
export async function whyNoSwitchEvents(tracefs = TRACEFS): Promise<{ reason: string; hint: string } | null> {
  if (findInPath(PERF) === null) {
    return { reason: 'perf is not installed', hint: 'apt-get install linux-perf (Ubuntu: linux-tools-generic)' };
  }
  const found = await Promise.all(tracefs.map(readability));
  if (!found.includes('readable')) {
    return found.includes('denied')
      ? {
          reason: `the scheduler's events in ${tracefs[0]} may not be read by this user`,
          hint: `run as root, or \`mount -o remount,mode=755 ${tracefs[0]}\` and set kernel.perf_event_paranoid to -1`,
        }
      : {
          reason: `${tracefs[0]} doesn't show the scheduler's event sched_switch`,
          hint: `\`mount -t tracefs nodev ${tracefs[0]}\` as root; a container needs the host's mounted into it`,
        };
  }
  const { ok, stderr } = await runPerf(['record', '-q', ...SWITCH_EVENTS, '-o', '/dev/null', '--', 'true']);
  if (ok) return null;
  return {
    reason: `perf can't record the scheduler's events here: ${perfComplaint(stderr)}`,
    hint: 'run as root, or set kernel.perf_event_paranoid to -1',
  };
}

async function readability(tracefs: string): Promise<'readable' | 'denied' | 'absent'> {
  try {
    await access(join(tracefs, 'events/sched/sched_switch/id'), constants.R_OK);
    return 'readable';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'denied' : 'absent';
  }
}
