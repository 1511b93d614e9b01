import type { GatewayExit, RunningGateway } from '../gateway/gateway-driver.js';
import { ExpectedError } from '../lib/errors.js';
import type { LoadRun } from '../load/engine.js';
import type { LoadResult } from '../model/load.js';
import type { RunningMock } from '../upstream/upstream-driver.js';

/** How a load came to its end. */
export type LoadEnd =
  | { kind: 'complete'; load: LoadResult }
  | { kind: 'gateway-died'; exit: GatewayExit; load: LoadResult | null }
  | { kind: 'port-lost'; reason: string; load: LoadResult | null };

const PORT_CHECK_MS = 1_000;
/** How long an engine that was told to stop may take to hand over what it has. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Wait for a load's end, and end it at once where the gateway dies or its port is another's.
 * @throws ExpectedError where the mock died or the engine broke; the signal's reason where it aborts
 */
export async function watchLoad(
  load: LoadRun,
  gateway: RunningGateway,
  mock: RunningMock,
  signal: AbortSignal,
): Promise<LoadEnd> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const portLost = new Promise<{ kind: 'port-lost'; reason: string }>((resolve) => {
      timer = setInterval(() => {
        const reason = gateway.exit() ? null : gateway.lostPort();
        if (reason) resolve({ kind: 'port-lost', reason });
      }, PORT_CHECK_MS);
    });
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
    const first = await Promise.race([
      load.done.then((result) => ({ kind: 'complete' as const, load: result })),
      gateway.exited.then((exit) => ({ kind: 'gateway-died' as const, exit })),
      mock.exited.then(() => ({ kind: 'mock-died' as const })),
      portLost,
      aborted,
    ]);
    if (first.kind === 'complete') return first;
    const partial = await stopLoad(load);
    if (first.kind === 'mock-died') {
      const tail = (await mock.logTail()).slice(-2).join(' | ');
      throw new ExpectedError(
        `the mock upstream ended under load${tail ? `: ${tail}` : ''}`,
        'this is not the gateway’s doing: measure it again with --resume',
      );
    }
    return { ...first, load: partial };
  } finally {
    clearInterval(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
    await load.kill();
    // Nobody waits for it any more where something else ended the load.
    load.done.catch(() => {});
  }
}

/** What was measured until now, as evidence; null where the engine can't say. */
async function stopLoad(load: LoadRun): Promise<LoadResult | null> {
  load.stop();
  const timeout = new Promise<null>((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS, null).unref());
  return Promise.race([load.done.catch(() => null), timeout]);
}
