import { execa } from 'execa';
import { ExpectedError } from '../../lib/errors.js';
import type { Profile } from '../../model/profile.js';
import { SchedSwitchParser } from '../../stacks/parse/sched-switch.js';
import { readCaptured } from '../captured-output.js';
import { goSymbolResolver } from '../perf/go-symbols.js';

// --no-inline: perf 6.1 asks addr2line for every address, which takes minutes for a large binary.
const SCRIPT = ['script', '--ns', '--no-inline', '--show-switch-events', '--show-lost-events', '--header'];
const FIELDS = ['-F', 'comm,tid,time,event,trace,ip,sym,symoff,dso'];

/**
 * What `perf script` says of a recording of switches. The text is many times the recording, and never in memory or on
 * disk as a whole.
 * @throws ExpectedError where perf can't read its own file, or no thread waited
 */
export async function readRecording(perf: string, file: string, signal: AbortSignal): Promise<Profile> {
  const parser = new SchedSwitchParser({ resolve: goSymbolResolver() });
  const script = execa(perf, [...SCRIPT, ...FIELDS, '-i', file], {
    stdin: 'ignore',
    buffer: { stdout: false },
    reject: false,
    cancelSignal: signal,
  });
  script.stdout.setEncoding('utf8');
  try {
    for await (const chunk of script.stdout) readCaptured(file, () => parser.feed(chunk as string));
  } finally {
    // After a line that can't be read nobody takes the rest, and perf would wait for that for ever.
    script.kill();
  }
  const { exitCode, stderr } = await script;
  if (signal.aborted) throw signal.reason;
  if (exitCode !== undefined && exitCode !== 0) {
    throw new ExpectedError(`perf can't read ${file}: ${stderr.trim().split('\n').at(-1)}`, 'run perf script on it');
  }
  return readCaptured(file, () => parser.end());
}
