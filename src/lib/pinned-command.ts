/** From util-linux: Node can't make the system call itself. */
export const TASKSET = 'taskset';

/** Pin a command to CPUs; taskset replaces itself with the command, so the PID stays the same. */
export function pinnedCommand(
  cpus: string | null,
  { command, args }: { command: string; args: string[] },
): { command: string; args: string[] } {
  return cpus === null ? { command, args } : { command: TASKSET, args: ['--cpu-list', cpus, command, ...args] };
}
