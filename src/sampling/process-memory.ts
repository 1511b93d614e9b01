import { readdir, readFile } from 'node:fs/promises';

/** Bytes after `Pss:` in the text of `/proc/PID/smaps_rollup`; null where there is none. */
export function parsePssBytes(text: string): number | null {
  const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Thread count in the text of `/proc/PID/status`; null where there is none. */
export function parseThreads(text: string): number | null {
  const threads = /^Threads:\s+(\d+)$/m.exec(text)?.[1];
  return threads === undefined ? null : Number(threads);
}

export interface ProcessDetails {
  pssBytes: number | null;
  threads: number | null;
  descriptors: number | null;
}

/**
 * What pidusage does not read. PSS counts a page shared by n processes as 1/n in each, so it adds up over a tree where
 * RSS would count nginx's or a forked Python's shared pages once a process. Costs about 1.4 ms of CPU at 55 MB.
 */
export async function readProcessDetails(pid: number): Promise<ProcessDetails> {
  const [rollup, status, descriptors] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => ''),
    readFile(`/proc/${pid}/status`, 'latin1').catch(() => ''),
    readdir(`/proc/${pid}/fd`).catch(() => null),
  ]);
  return {
    pssBytes: parsePssBytes(rollup),
    threads: parseThreads(status),
    descriptors: descriptors?.length ?? null,
  };
}
