import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/**
 * Remove the files in which runtimes have named their compiled functions for perf, `/tmp/perf-PID.map`. They grow with
 * the process and nobody else removes them. Only for processes that were told by us to write one.
 */
export async function removeSymbolMaps(pids: Iterable<number>): Promise<void> {
  // perf and V8 both take /tmp, whatever TMPDIR says.
  const folders = new Set(['/tmp', tmpdir()]);
  for (const pid of pids) {
    for (const folder of folders) await rm(`${folder}/perf-${pid}.map`, { force: true }).catch(() => {});
  }
}
