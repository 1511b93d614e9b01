import { execFileSync } from 'node:child_process';

const hogs = new Set<number>();

/**
 * Start a program that uses all it gets of one CPU, and that is nobody's child, so that nobody takes it for its own. It
 * ends by itself after a minute, should a test die.
 * @param step what it does over and over, as JavaScript
 * @returns its PID
 */
export function startHog(step = ''): number {
  const program = `while (performance.now() < 60_000) { ${step} }`;
  const line = 'setsid "$0" -e "$1" >/dev/null 2>&1 </dev/null & echo $!';
  const pid = Number(execFileSync('sh', ['-c', line, process.execPath, program], { encoding: 'utf8' }));
  hogs.add(pid);
  return pid;
}

/** Stop every hog that was started. */
export function stopHogs(): void {
  for (const pid of hogs) {
    try {
      // It leads a process group, and takes along what it has started.
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  hogs.clear();
}
