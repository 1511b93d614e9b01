import type { GatewayExit, RunningGateway } from '../gateway/gateway-driver.js';
import { ExpectedError, UnavailableError } from '../lib/errors.js';
import type { LoadResult } from '../model/load.js';
import type { Outcome, Stage } from '../model/record.js';
import type { LoadEnd } from './watch-load.js';

/**
 * The outcome of a cell whose load has ended.
 * @param at when it ended, if the load was cut off
 * @param judge called if it ran to its end, and the gateway still lives
 */
export async function outcomeOf(
  end: LoadEnd,
  running: RunningGateway,
  at: { phase: 'warmup' | 'window'; atS: number },
  judge: (load: LoadResult) => Outcome,
): Promise<Outcome> {
  const late = running.exit();
  if (end.kind === 'complete' && !late) return judge(end.load);
  const exit: GatewayExit = end.kind === 'gateway-died' ? end.exit : (late ?? { exitCode: null, signal: null });
  return {
    kind: 'crashed',
    exitCode: exit.exitCode,
    signal: exit.signal,
    phase: end.kind === 'complete' ? 'recovery' : at.phase,
    atS: Math.round(at.atS * 1000) / 1000,
    reason: end.kind === 'port-lost' ? end.reason : formatExit(exit),
    logTail: await running.logTail(),
  };
}

/**
 * The outcome of a cell that an error ended. An unexpected error is a bug and keeps its stack, but it must not end the
 * run of the other gateways.
 */
export async function failedOutcome(stage: Stage, error: unknown, running: RunningGateway | null): Promise<Outcome> {
  if (error instanceof UnavailableError) {
    return { kind: 'skipped', reason: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  }
  const exit = running?.exit() ?? null;
  // At `ready` the error says it already, and at `profile` we have stopped it ourselves.
  const died = exit && stage !== 'ready' && stage !== 'profile' ? `; meanwhile ${formatExit(exit)}` : '';
  const expected = error instanceof ExpectedError;
  const message = expected
    ? error.message
    : `internal error: ${(error instanceof Error && error.stack) || String(error)}`;
  return {
    kind: 'failed',
    stage,
    error: `${message}${died}`,
    ...(expected && error.hint !== undefined ? { hint: error.hint } : {}),
    logTail: (await running?.logTail()) ?? [],
  };
}

function formatExit({ exitCode, signal, evidence }: GatewayExit): string {
  const how = signal
    ? `the gateway was killed by ${signal}`
    : exitCode === null
      ? 'the gateway ended'
      : `the gateway ended with exit code ${exitCode}`;
  return evidence === undefined ? how : `${how} (${evidence})`;
}
