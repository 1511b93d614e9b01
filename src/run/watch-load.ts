import type { GatewayExit, RunningGateway } from '../gateway/gateway-driver.js';
import { ExpectedError } from '../lib/errors.js';
import type { LoadRun } from '../load/engine.js';
import type { LoadResult } from '../model/load.js';
import type { CellUpstreams } from './cell-upstreams.js';

/** How a load ended. */
export type LoadEnd =
  | { kind: 'complete'; load: LoadResult }
  | { kind: 'gateway-died'; exit: GatewayExit; load: LoadResult | null }
  | { kind: 'port-lost'; reason: string; load: LoadResult | null };

const PORT_CHECK_MS = 1_000;
/** Time for a stopped engine to hand over what it has measured. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Wait until the load ends. Stop it at once if the gateway dies or another process takes its port.
 * @throws ExpectedError if the mock died or the engine failed; the signal's reason if it aborts
 */
export async function watchLoad(
  load: LoadRun,
  gateway: RunningGateway,
  mock: Pick<CellUpstreams, 'exited' | 'logTail'>,
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
        'this is not the fault of the gateway: measure the cell again with --resume',
      );
    }
    return { ...first, load: partial };
  } finally {
    clearInterval(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
    await load.kill();
    // If something else ended the load, nobody waits for it any more.
    load.done.catch(() => {});
  }
}

/** What was measured so far, as evidence; null if the engine doesn't say in time. */
async function stopLoad(load: LoadRun): Promise<LoadResult | null> {
  load.stop();
  const timeout = new Promise<null>((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS, null).unref());
  return Promise.race([load.done.catch(() => null), timeout]);
}
