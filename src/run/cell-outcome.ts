import type { GatewayExit, RunningGateway } from '../gateway/gateway-driver.js';
import { ExpectedError, UnavailableError } from '../lib/errors.js';
import type { CellRecord, Outcome, Stage } from '../model/record.js';
import type { LoadEnd } from './load-watch.js';

/** How the cell ended, once the load has. */
export async function outcomeOf(
  end: LoadEnd,
  running: RunningGateway,
  at: { phase: 'warmup' | 'window'; atS: number },
  judged: () => Outcome,
): Promise<Outcome> {
  const late = running.exit();
  if (end.kind === 'complete' && !late) return judged();
  const exit: GatewayExit = end.kind === 'gateway-died' ? end.exit : (late ?? { exitCode: null, signal: null });
  return {
    kind: 'crashed',
    exitCode: exit.exitCode,
    signal: exit.signal,
    phase: end.kind === 'complete' ? 'after' : at.phase,
    atS: Math.round(at.atS * 1000) / 1000,
    reason: end.kind === 'port-lost' ? end.reason : formatExit(exit),
    logTail: await running.logTail(),
  };
}

/** A gateway that doesn't stop when told is no reason to doubt its numbers, but somebody will want to know. */
export function noteStop(record: CellRecord, stopped: { graceful: boolean; portsFree: boolean }): void {
  if (stopped.graceful && stopped.portsFree) return;
  record.gates.push({
    gate: 'stop',
    verdict: 'warn',
    value: null,
    message: stopped.portsFree
      ? 'the gateway did not stop when told to and was killed'
      : 'a port of the gateway was still taken after it had been stopped',
  });
}

/**
 * What stopped a cell before it was measured, or was not there to be measured. An error that nobody expected is a bug of ours: it keeps its stack, but
 * one gateway's trouble must not end the run of the others.
 */
export async function failedOutcome(stage: Stage, error: unknown, running: RunningGateway | null): Promise<Outcome> {
  if (error instanceof UnavailableError) {
    return { kind: 'skipped', reason: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  }
  const exit = running?.exit() ?? null;
  // At `ready` the error says so itself; at `profile` it was we who stopped it.
  const died = exit && stage !== 'ready' && stage !== 'profile' ? `; ${formatExit(exit)} meanwhile` : '';
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
