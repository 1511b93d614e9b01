import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ExpectedError } from '../../lib/errors.js';
import { findInPath } from '../../lib/find-in-path.js';
import type { Profile } from '../../model/profile.js';
import { FormatError } from '../../profiles/format-error.js';
import { SchedSwitchParser } from '../../profiles/formats/sched-switch.js';
import { readCaptured } from '../captured-output.js';
import { binarySymbolResolver } from '../perf/binary-symbols.js';
import { PERF, PERF_ENVIRONMENT, perfComplaint, runPerf } from '../perf/perf-program.js';
import { DATA_FILE } from '../perf/recording.js';

/** Where the kernel's tracepoints are: a mount of their own since Linux 4.1, before that below debugfs. */
const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** The events of a recording; see `SchedSwitchParser` for why both are needed. */
export const SWITCH_EVENTS = ['-e', 'sched:sched_switch', '--switch-events'];

/**
 * Why perf can't record task switches; null if it can. Tries it, since permission depends on user, capabilities,
 * `perf_event_paranoid` and container.
 * @param tracefs where to look for the scheduler's tracepoint
 */
export async function switchEventsUnavailable(tracefs = TRACEFS): Promise<{ reason: string; hint: string } | null> {
  if (findInPath(PERF) === null) {
    return { reason: 'perf is not installed', hint: 'apt-get install linux-perf (Ubuntu: linux-tools-generic)' };
  }
  const found = await Promise.all(tracefs.map(readability));
  if (!found.includes('readable')) {
    return found.includes('denied')
      ? {
          reason: `this user may not read the scheduler's events in ${tracefs[0]}`,
          hint: `run as root, or \`mount -o remount,mode=755 ${tracefs[0]}\` and set kernel.perf_event_paranoid to -1`,
        }
      : {
          reason: `there is no event sched_switch in ${tracefs[0]}`,
          hint: `\`mount -t tracefs nodev ${tracefs[0]}\` as root; in a container, mount the host's`,
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

// --no-inline: naming inlined functions takes an addr2line call for every address, and there are many stacks.
const SCRIPT = ['script', '-i', DATA_FILE, '--header', '--ns', '--no-inline', '--show-switch-events'];
const FIELDS = ['--show-lost-events', '-F', 'comm,tid,time,event,trace,ip,sym,symoff,dso'];

/**
 * Parses a recording of switches with `perf script`. Its output, many times the size of the recording, is streamed.
 * @throws ExpectedError if perf can't read its file, or no thread waited
 */
export async function readSwitches(folder: string, signal: AbortSignal): Promise<Profile> {
  const file = join(folder, DATA_FILE);
  const parser = new SchedSwitchParser({ resolve: binarySymbolResolver() });
  const script = execa(PERF, [...SCRIPT, ...FIELDS], {
    cwd: folder,
    env: { ...PERF_ENVIRONMENT },
    stdin: 'ignore',
    buffer: { stdout: false },
    reject: false,
    cancelSignal: signal,
  });
  script.stdout.setEncoding('utf8');
  let whole = false;
  try {
    for await (const chunk of script.stdout) readCaptured(file, () => parser.feed(chunk as string));
    whole = true;
  } finally {
    // After a parse error nobody reads the rest, and perf would block forever.
    if (!whole) script.kill('SIGKILL');
  }
  const { failed, stderr } = await script;
  if (signal.aborted) throw signal.reason;
  if (failed) throw new ExpectedError(`perf script failed: ${perfComplaint(stderr)}`, `perf script -i ${file}`);
  return endParse(parser, file);
}

function endParse(parser: SchedSwitchParser, file: string): Profile {
  return readCaptured(file, () => {
    try {
      return parser.end();
    } catch (error) {
      if (!(error instanceof FormatError) || !error.message.startsWith('no waits')) throw error;
      throw new ExpectedError(
        'no thread left its CPU and came back during the recording',
        'record for longer',
        undefined,
        {
          cause: error,
        },
      );
    }
  });
}
