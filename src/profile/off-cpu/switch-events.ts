import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { findInPath } from '../../lib/find-in-path.js';

/** Where the kernel shows its tracepoints: its own mount since Linux 4.1, before that under debugfs. */
const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
const TRIAL_TIMEOUT_MS = 10_000;

/** What each recording asks of perf; see `SchedSwitchParser` for why both are needed. */
export const SWITCH_EVENTS = ['-e', 'sched:sched_switch', '--switch-events'];

/**
 * Null where perf can record who leaves a CPU and who comes back, else what is missing. It is tried for real: whether
 * it is allowed depends on the user, capabilities, `perf_event_paranoid` and the container.
 * @param tracefs where to look for the scheduler's tracepoint
 */
export async function whyNoSwitchEvents(tracefs = TRACEFS): Promise<{ reason: string; remedy: string } | null> {
  const perf = findInPath('perf');
  if (perf === null) return { reason: 'perf is not installed', remedy: 'install linux-perf (Debian) or linux-tools' };
  const found = await Promise.all(tracefs.map(readability));
  if (!found.includes('readable')) {
    return found.includes('denied')
      ? {
          reason: `the scheduler's events in ${tracefs[0]} may not be read by this user`,
          remedy: `run as root, or \`mount -o remount,mode=755 ${tracefs[0]}\` and set kernel.perf_event_paranoid to -1`,
        }
      : {
          reason: `${tracefs[0]} doesn't show the scheduler's event sched_switch`,
          remedy: `\`mount -t tracefs nodev ${tracefs[0]}\` as root; a container needs the host's mounted into it`,
        };
  }
  const trial = await execa(perf, ['record', '-q', ...SWITCH_EVENTS, '-o', '/dev/null', '--', 'true'], {
    reject: false,
    timeout: TRIAL_TIMEOUT_MS,
    stdin: 'ignore',
  });
  if (trial.exitCode === 0) return null;
  const said = trial.stderr
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
  return {
    reason: `perf may not record the scheduler's events${said === undefined ? '' : `: ${said}`}`,
    remedy: 'run as root, or set kernel.perf_event_paranoid to -1',
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
