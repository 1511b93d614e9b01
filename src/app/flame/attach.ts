import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FlameFlags } from '../../cli/options/flame-options.js';
import { writeStatus } from '../../cli/output.js';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import { folderStamp } from '../../lib/folder-stamp.js';
import { describeMachine } from '../../lib/machine.js';
import { readProcessTable, treeOf } from '../../lib/process-table.js';
import { rootsOf } from '../../lib/roots.js';
import { waitUntil } from '../../lib/sleep.js';
import { ProfilerSpec } from '../../model/gateway.js';
import type { Profile } from '../../model/profile.js';
import type { ProfilerName } from '../../model/profiler.js';
import type { Capture } from '../../profilers/profiler.js';
import { formatMachine } from '../../report/format-machine.js';
import { profilersHere } from './available-profilers.js';
import { showProfile } from './show-profile.js';

export interface AttachOptions extends FlameFlags {
  /** The PID. */
  attach: number;
  /** Seconds. */
  duration: number;
  callGraph: 'fp' | 'dwarf';
  /** Where it serves Go profiles. */
  url?: string;
  out?: string;
  json?: boolean;
  gatewaysDir?: string;
}

/**
 * Profile a process that we didn't start, and everything below it. The first Ctrl-C ends the capture early; what was
 * seen until then is kept.
 */
export async function attach(options: AttachOptions, signal: AbortSignal): Promise<void> {
  const { attach: pid, rate: rateHz, duration: durationS } = options;
  const roots = rootsOf(options.gatewaysDir);
  const name: ProfilerName = options.profiler === 'auto' ? (options.offCpu ? 'off-cpu' : 'perf') : options.profiler;
  const command = commandOf(pid);
  const profiler = profilersHere(roots).get(name);
  if (!profiler) throw new UsageError(`there is no profiler ${name}`, 'see `gatebench flame --help`');
  const spec = ProfilerSpec.parse({
    callGraph: options.callGraph,
    ...(options.url === undefined ? {} : { native: 'pprof', pprof: {} }),
  });
  const missing = await profiler.unavailable(options.url === undefined ? null : spec);
  if (missing) throw new ExpectedError(`${name} can't run here: ${missing.reason}`, missing.hint);

  const id = `${folderStamp(new Date())}-${pid}-${name}`;
  const outDir = resolve(options.out ?? join(roots.results, 'profiles', id));
  await mkdir(outDir, { recursive: true });
  writeStatus(`${profiler.title}: PID ${pid} (${command}) for ${durationS} s; Ctrl-C ends it early`);
  const captureSignal = new AbortController().signal;
  const capture = await profiler.start({
    pids: () => treeOf(pid, readProcessTable()),
    rateHz,
    durationS,
    spec,
    origin: options.url ?? null,
    outDir,
    signal: captureSignal,
  });
  const profile = await captured(capture, pid, durationS, signal);
  const title = `${command} (PID ${pid}), ${name}`;
  const described = { ...profile, meta: { ...profile.meta, title, profiler: name } };
  await showProfile(described, {
    folder: outDir,
    json: options.json === true,
    machine: formatMachine(describeMachine()),
  });
}

async function captured(capture: Capture, pid: number, durationS: number, signal: AbortSignal): Promise<Profile> {
  try {
    // An interruption is how a person says "enough"; what was seen until then is worth keeping.
    await waitUntil(() => !existsSync(`/proc/${pid}`), durationS * 1000, signal).catch(() => {});
    await capture.end();
    return await capture.collect();
  } finally {
    await capture.kill();
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    throw new UsageError(`there is no process with PID ${pid}`, 'see `ps -e` for those that run');
  }
}
