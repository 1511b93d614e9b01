import { ExpectedError, messageOf } from '../lib/errors.js';
import { httpRequest } from '../lib/http.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';
import {
  attachedTree,
  findAttached,
  isAlive,
  isAttachedListening,
  isOnThisMachine,
  portOf,
} from './attached-processes.js';
import type { GatewayExit, RunningGateway } from './gateway-driver.js';

export type AttachedSubject = Extract<ResolvedGateway, { kind: 'attached' }>;

const LOOK_INTERVAL_MS = 250;
const FIRST_RESPONSE_TIMEOUT_MS = 5_000;

/** A gateway that runs already. It is looked at and never touched: whatever ends it, we don't. */
export function attachGateway({ attached, headers }: AttachedSubject): RunningGateway {
  const { origin, pid } = attached;
  const found = findAttached(origin, pid);
  const roots = found.known ? found.roots : [];
  let ended: GatewayExit | null = null;
  const look = (): GatewayExit | null => {
    if (ended === null && roots.length > 0 && !roots.some((root) => isAlive(root))) {
      ended = { exitCode: null, signal: null, evidence: 'gatebench did not start it, and sees no exit code' };
    }
    return ended;
  };
  let timer: NodeJS.Timeout | undefined;
  const exited = new Promise<GatewayExit>((resolve) => {
    timer = setInterval(() => {
      const exit = look();
      if (exit !== null) resolve(exit);
    }, LOOK_INTERVAL_MS).unref();
  });
  return {
    origin,
    configSha256: null,
    headers,
    startedAtMs: null,
    pids: () => attachedTree(roots),
    servicePids: () => [],
    exited,
    exit: look,
    ready: () => requireAnswering(origin),
    lostPort: () =>
      isOnThisMachine(origin) && !isAttachedListening(origin)
        ? `nothing listens on port ${portOf(origin)} any more`
        : null,
    logTail: async () => [],
    stop: async () => {
      clearInterval(timer);
      return { graceful: true, portsFree: true };
    },
  };
}

/** Any answer will do, 404 included. @throws ExpectedError where there is none */
export async function requireAnswering(origin: string): Promise<void> {
  try {
    await httpRequest(origin, { timeoutMs: FIRST_RESPONSE_TIMEOUT_MS });
  } catch (error) {
    throw new ExpectedError(
      `no gateway answers at ${origin}: ${messageOf(error)}`,
      'start it first, or correct --url: gatebench measures it as it runs, and starts nothing',
    );
  }
}
