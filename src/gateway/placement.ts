import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { findInPath } from '../lib/find-in-path.js';
import { TASKSET } from '../lib/pinned-command.js';
import { type CpuTopology, parseCpuList } from '../model/cpus.js';

/** Whether processes can be pinned to CPUs on this machine. */
export function canPin(): boolean {
  return findInPath(TASKSET) !== null;
}

/** The CPUs that this process may use; null where the kernel doesn't say. */
export function readTopology(): CpuTopology | null {
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '');
  if (allowed === null) return null;
  const cores = new Map<string, number[]>();
  for (const cpu of allowed) {
    const siblings = read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`) ?? String(cpu);
    cores.set(siblings, [...(cores.get(siblings) ?? []), cpu]);
  }
  return { allowed, cores: [...cores.values()] };
}

/**
 * Pin this process to some CPUs. Everything it starts from now on inherits them: the mock, the load engines and their
 * workers.
 * @throws ExpectedError where the system refuses
 */
export async function pinThisProcess(cpus: string): Promise<void> {
  const { failed, stderr, shortMessage } = await execa(
    TASKSET,
    ['--all-tasks', '--cpu-list', '--pid', cpus, String(process.pid)],
    { reject: false, stdin: 'ignore' },
  );
  if (!failed) return;
  throw new ExpectedError(
    `can't pin load engine and mock to CPUs ${cpus}: ${stderr || shortMessage}`,
    'disable pinning: --pin off',
  );
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
