import { join } from 'node:path';
import { execa } from 'execa';
import { ExpectedError } from '../../lib/errors.js';
import type { Profile } from '../../model/profile.js';
import { FormatError } from '../../profiles/formats/format-error.js';
import { SchedSwitchParser } from '../../profiles/formats/sched-switch/sched-switch.js';
import { readCaptured } from '../captured-output.js';
import { binarySymbolResolver } from '../perf/binary-symbols.js';
import { PERF, PERF_ENVIRONMENT, perfComplaint } from '../perf/perf-program.js';
import { DATA_FILE } from '../perf/recording.js';

// --no-inline: to name inlined functions perf asks addr2line for every address, and there are many stacks here.
const SCRIPT = ['script', '-i', DATA_FILE, '--header', '--ns', '--no-inline', '--show-switch-events'];
const FIELDS = ['--show-lost-events', '-F', 'comm,tid,time,event,trace,ip,sym,symoff,dso'];

/**
 * What `perf script` says of a recording of switches. The text is many times the recording, and never in memory or on
 * disk as a whole.
 * @throws ExpectedError where perf can't read its own file, or no thread waited
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
    // After a line that can't be read nobody takes the rest, and perf would wait for that for ever.
    if (!whole) script.kill('SIGKILL');
  }
  const { failed, stderr } = await script;
  if (signal.aborted) throw signal.reason;
  if (failed) throw new ExpectedError(`perf script failed: ${perfComplaint(stderr)}`, `perf script -i ${file}`);
  return finished(parser, file);
}

function finished(parser: SchedSwitchParser, file: string): Profile {
  return readCaptured(file, () => {
    try {
      return parser.end();
    } catch (error) {
      if (!(error instanceof FormatError) || !error.message.startsWith('no waits')) throw error;
      throw new ExpectedError(
        'no thread left its CPU and came back while perf recorded',
        'record for longer',
        undefined,
        {
          cause: error,
        },
      );
    }
  });
}
