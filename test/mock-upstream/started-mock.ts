import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { StatsReport } from '../../mock-upstream/stats.js';
import { compiledProgram } from '../../src/lib/paths.js';

const PROGRAM = compiledProgram('mock-upstream/main');

/** The compiled mock, started as the harness starts it: with an IPC channel, on a free port. */
export async function startMock(...flags: string[]) {
  const program = execa(PROGRAM, ['--port', '0', ...flags], { node: true, ipc: true, reject: false, nodeOptions: [] });
  const ready = (await program.getOneMessage()) as unknown as { type: 'listening'; port: number; pids: number[] };
  const origin = `http://127.0.0.1:${ready.port}`;
  return {
    ready,
    origin,
    port: ready.port,
    pids: ready.pids,
    program,
    stats: async () => (await (await fetch(`${origin}/__stats`)).json()) as StatsReport,
    resetStats: async () => {
      await fetch(`${origin}/__stats/reset`, { method: 'POST' });
    },
    stop: async () => {
      program.kill('SIGTERM');
      await program;
    },
  };
}
export type StartedMock = Awaited<ReturnType<typeof startMock>>;

/** The compiled mock without an IPC channel, as a person starts it. Ends by itself or is ended by the caller. */
export function runMock(...flags: string[]) {
  const program = execa(process.execPath, [PROGRAM, ...flags], { reject: false });
  let printed = '';
  program.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  return {
    program,
    /** Waits for so many lines on its standard output. */
    lines: async (count: number): Promise<string[]> => {
      await until(() => printed.split('\n').length > count);
      return printed.split('\n').slice(0, count);
    },
  };
}

/** Ask again until it is so. The test's own time-out is the limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}

/** Whether a process has ended; one that nobody has reaped yet has. */
export function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) === 'Z';
  } catch {
    return true;
  }
}
