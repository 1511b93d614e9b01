import { portsOf } from '../../gateway/readiness.js';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import { isListening } from '../../lib/listeners.js';
import { describeListeners } from '../../lib/port-check.js';
import type { InstalledGateway } from '../../run/run-plan.js';

const HINT = 'give --watch another port, or none: a free one is taken then';

/**
 * Refuse a port for a run's page that the run itself needs, or that is taken, before anything is measured.
 * @param port 0 for any that is free
 * @throws UsageError, or ExpectedError that names the process in the way
 */
export function requireWatchPort(
  port: number,
  { mockPort, installed }: { mockPort: number; installed: ReadonlyMap<string, InstalledGateway> },
): void {
  if (port === 0) return;
  const owner = [...installed].find(([, { gateway }]) => gateway.kind === 'process' && portsOf(gateway).includes(port));
  const what = port === mockPort ? 'the mock upstream' : owner?.[0];
  if (what !== undefined) throw new UsageError(`--watch ${port} is a port of ${what}`, HINT);
  if (isListening(port))
    throw new ExpectedError(`port ${port} of --watch is taken by ${describeListeners(port)}`, HINT);
}
