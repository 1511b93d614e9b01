import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import { folderStamp } from '../../lib/folder-stamp.js';
import { describeMachine } from '../../lib/machine.js';
import { readProcessTable, treeOf } from '../../lib/process-table.js';
import type { Roots } from '../../lib/roots.js';
import { waitUntil } from '../../lib/sleep.js';
import { ProfilerSpec } from '../../model/gateway.js';
import type { Profile } from '../../model/profile.js';
import type { ProfilerName } from '../../model/profiler.js';
import type { Capture } from '../../profilers/profiler.js';
import { single } from '../../profiles/formats/format.js';
import type { Grouping } from '../../profiles/group-by.js';
import { formatMachine } from '../../report/format-machine.js';
import { requireFolder } from '../../store/make-folder.js';
import type { FlameChoice } from '../bench/run-request.js';
import { profilersHere } from './available-profilers.js';
import { type ProfileFolder, writeProfileFolder } from './profile-folder.js';

/** Which process to profile, and how. */
export interface AttachRequest extends Omit<FlameChoice, 'vus'> {
  pid: number;
  durationS: number;
  callGraph: 'fp' | 'dwarf';
  /** Where it serves Go profiles; undefined where it doesn't. */
  url: string | undefined;
  /** What the root frames are; undefined for what suits the capture. */
  groupBy: Grouping | undefined;
  /** Folder for the files; undefined for one of its own below `results/profiles`. */
  out: string | undefined;
}

/** Profile a process that gatebench didn't start, and its children. If the signal aborts, what was captured is kept. */
export async function attach(
  request: AttachRequest,
  { roots, signal, status }: { roots: Roots; signal: AbortSignal; status: (text: string) => void },
): Promise<ProfileFolder> {
  const { pid, rateHz, durationS, url } = request;
  const name: ProfilerName = request.profiler === 'auto' ? (request.offCpu ? 'off-cpu' : 'perf') : request.profiler;
  const command = commandOf(pid);
  const profiler = profilersHere(roots).get(name);
  if (!profiler) throw new UsageError(`there is no profiler ${name}`, 'see `gatebench flame --help`');
  const spec = ProfilerSpec.parse({
    callGraph: request.callGraph,
    ...(url === undefined ? {} : { native: 'pprof', pprof: {} }),
  });
  const missing = await profiler.unavailable(url === undefined ? null : spec);
  if (missing) throw new ExpectedError(`${name} can't run here: ${missing.reason}`, missing.hint);

  const id = `${folderStamp(new Date())}-${pid}-${name}`;
  const outDir = resolve(request.out ?? join(roots.results, 'profiles', id));
  await requireFolder(outDir);
  status(`${profiler.title}: PID ${pid} (${command}) for ${durationS} s; Ctrl-C ends it early`);
  const capture = await profiler.start({
    pids: () => treeOf(pid, readProcessTable()),
    rateHz,
    durationS,
    spec,
    origin: url ?? null,
    outDir,
    // Not the caller's: an interruption ends the capture, and its profile is still read.
    signal: new AbortController().signal,
    onStatus: status,
  });
  const profile = await captured(capture, pid, durationS, signal);
  const title = `${command} (PID ${pid}), ${name}`;
  const described = { ...profile, meta: { ...profile.meta, title, profiler: name } };
  return writeProfileFolder(single(described), outDir, formatMachine(describeMachine()), request.groupBy);
}

async function captured(capture: Capture, pid: number, durationS: number, signal: AbortSignal): Promise<Profile> {
  try {
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
    throw new UsageError(`there is no process with PID ${pid}`, 'see `ps -e` for running processes');
  }
}
