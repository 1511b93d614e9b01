import { z } from 'zod';
import { type Child, startChild } from '../lib/child.js';
import { ExpectedError } from '../lib/errors.js';
import { httpRequest } from '../lib/http.js';
import { listenersOf } from '../lib/listeners.js';
import { compiledProgram, PACKAGE_ROOT } from '../lib/paths.js';
import { requireFreePort } from '../lib/port-check.js';
import { definedEnvironment } from '../lib/process-environment.js';
import { waitUntil } from '../lib/sleep.js';
import { LOOPBACK } from './gateway-values.js';
import type { MockDriver, MockStart, MockStats, RunningMock } from './mock-driver.js';

const START_TIMEOUT_MS = 10_000;

/** The part of `GET /__stats` that a record keeps. */
const StatsAnswer = z.object({
  requests: z.number(),
  latenessUs: z.object({ count: z.number(), p50: z.number(), p99: z.number(), max: z.number() }),
  eventLoopUtilisation: z.object({ busiest: z.number() }),
});

/** The mock upstream as a process of this machine, on loopback. */
export class MockProcessDriver implements MockDriver {
  async start(start: MockStart, signal: AbortSignal): Promise<RunningMock> {
    requireFreePort(start.port, 'the mock upstream');
    const child = await startChild({
      command: process.execPath,
      args: [
        compiledProgram('mock-upstream/main'),
        `--port=${start.port}`,
        `--host=${start.listen ?? LOOPBACK}`,
        `--latency=${start.latency}`,
        `--stream-chunk-delay-ms=${start.streamChunkDelayMs}`,
        `--processes=${start.processes}`,
        `--seed=${start.seed}`,
        '--quiet',
      ],
      cwd: PACKAGE_ROOT,
      environment: definedEnvironment(),
      logFile: start.logFile,
      // The channel's end is how the mock learns that the harness is gone.
      ipc: true,
    });
    const origin = `http://127.0.0.1:${start.port}`;
    try {
      // Whatever else took the port meanwhile may well answer: it has to be ours.
      const ours = () => listenersOf(start.port, child.pids()).length > 0;
      const up = await waitUntil(
        async () => child.exit() !== null || (ours() && (await answers(origin))),
        START_TIMEOUT_MS,
        signal,
      );
      if (!up || child.exit()) throw await startFailure(child);
    } catch (error) {
      await child.stop({ signal: 'SIGKILL', graceMs: 0 });
      throw error;
    }
    return {
      origin,
      processes: start.processes,
      pids: child.pids,
      exited: child.exited,
      resetStats: async () => {
        await httpRequest(`${origin}/__stats/reset`, { method: 'POST', timeoutMs: 2_000 });
      },
      stats: () => readStats(origin),
      logTail: () => child.logTail(),
      stop: async () => {
        await child.stop({ signal: 'SIGTERM', graceMs: 2_000 });
      },
    };
  }
}

async function answers(origin: string): Promise<boolean> {
  try {
    return (await httpRequest(`${origin}/health`, { timeoutMs: 1_000 })).status === 200;
  } catch {
    return false;
  }
}

async function startFailure(child: Child): Promise<ExpectedError> {
  const exit = child.exit();
  const what = exit ? `ended with ${exit.signal ?? `exit code ${exit.exitCode}`}` : 'did not answer in 10 s';
  const tail = (await child.logTail(3)).join(' | ');
  return new ExpectedError(
    `the mock upstream ${what}${tail ? `: ${tail}` : ''}`,
    'run `gatebench mock` by hand to see more',
  );
}

async function readStats(origin: string): Promise<MockStats | null> {
  try {
    const answer = await httpRequest(`${origin}/__stats`, { timeoutMs: 5_000 });
    const { requests, latenessUs, eventLoopUtilisation } = StatsAnswer.parse(JSON.parse(answer.body));
    return {
      requests,
      latenessUs: latenessUs.count > 0 ? { p50: latenessUs.p50, p99: latenessUs.p99, max: latenessUs.max } : null,
      eventLoopUtilisation: eventLoopUtilisation.busiest,
    };
  } catch {
    // No reading is not a reading of 0: the gate then says that it doesn't know.
    return null;
  }
}
