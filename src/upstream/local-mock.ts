import { type Child, startChild } from '../lib/child.js';
import { ExpectedError } from '../lib/errors.js';
import { listenersOf } from '../lib/listeners.js';
import { LOOPBACK } from '../lib/machine.js';
import { compiledProgram, PACKAGE_ROOT } from '../lib/paths.js';
import { requireFreePort } from '../lib/port-check.js';
import { definedEnvironment } from '../lib/process-environment.js';
import { realtimeCommand } from '../lib/realtime.js';
import { waitUntil } from '../lib/sleep.js';
import { mockAnswers, mockFlags, readAsked, readMockStats, resetMockStats } from './mock-http.js';
import type { MockStart, RunningMock, UpstreamDriver } from './upstream-driver.js';

const START_TIMEOUT_MS = 10_000;

/** The mock upstream as a process of this machine, on loopback. */
export class MockProcessDriver implements UpstreamDriver {
  async start(start: MockStart, signal: AbortSignal): Promise<RunningMock> {
    requireFreePort(start.port, 'the mock upstream');
    const child = await startChild({
      ...realtimeCommand(start.realtime, {
        command: process.execPath,
        args: [
          compiledProgram('mock-upstream/main'),
          ...mockFlags(start),
          `--host=${start.listen ?? LOOPBACK}`,
          ...tlsFlags(start),
          '--quiet',
        ],
      }),
      cwd: PACKAGE_ROOT,
      environment: definedEnvironment(),
      logFile: start.logFile,
      // The channel's end is how the mock learns that the harness is gone.
      ipc: true,
    });
    const { certificate } = start;
    const scheme = certificate === undefined ? 'http' : 'https';
    const origin = `${scheme}://${reachable(start.listen)}:${start.port}`;
    const address = { origin, ca: certificate?.ca };
    try {
      // Another program may have taken the port since, and respond there.
      const ours = () => listenersOf(start.port, child.pids()).length > 0;
      const up = await waitUntil(
        async () => child.exit() !== null || (ours() && (await mockAnswers(address))),
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
      host: null,
      processes: start.processes,
      pids: child.pids,
      exited: child.exited,
      resetStats: () => resetMockStats(address),
      stats: () => readMockStats(address),
      asked: () => readAsked(address),
      logTail: () => child.logTail(),
      stop: async () => {
        await child.stop({ signal: 'SIGTERM', graceMs: 2_000 });
      },
    };
  }
}

function tlsFlags({ certificate }: MockStart): string[] {
  return certificate === undefined ? [] : [`--tls-cert=${certificate.certFile}`, `--tls-key=${certificate.keyFile}`];
}

/** Where this machine reaches what listens on an address. */
function reachable(listen = LOOPBACK): string {
  if (listen === '0.0.0.0' || listen === '::') return LOOPBACK;
  return listen.includes(':') ? `[${listen}]` : listen;
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
