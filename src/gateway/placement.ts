import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { ExpectedError } from '../lib/errors.js';
import { findInPath } from '../lib/find-in-path.js';
import { type CpuTopology, parseCpuList } from '../model/cpus.js';

/** util-linux's; the system call itself can't be reached from Node. */
const TASKSET = 'taskset';

/** Whether processes can be told here which CPUs to use. */
export function canPin(): boolean {
  return findInPath(TASKSET) !== null;
}

/** What this process may use, as the kernel says; null where it doesn't. */
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
 * Keep this process to some CPUs. What it starts from now on inherits them: the mock, every load engine and their
 * workers, without any of them knowing.
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
    `load engine and mock could not be put on CPUs ${cpus}: ${stderr || shortMessage}`,
    'leave the placement to the system: --pin off',
  );
}

/** The command that runs another one on some CPUs, as the very process that was started. */
export function onCpus(
  cpus: string | null,
  { command, args }: { command: string; args: string[] },
): { command: string; args: string[] } {
  return cpus === null ? { command, args } : { command: TASKSET, args: ['--cpu-list', cpus, command, ...args] };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
