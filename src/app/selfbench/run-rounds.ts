import { ExpectedError, InterruptedError } from '../../lib/errors.js';
import { isListening } from '../../lib/listeners.js';
import type { Engine } from '../../load/engine.js';
import type { TrialOutcome } from './median-rows.js';
import type { SelfbenchSettings } from './result.js';
import { runTrial } from './run-trial.js';
import type { Trial } from './trial.js';
import type { UpstreamProgram } from './upstream.js';

export interface RoundsRig {
  engines: ReadonlyMap<string, Engine>;
  upstreams: ReadonlyMap<string, UpstreamProgram>;
  settings: SelfbenchSettings;
  /** Of those that the upstreams get, one after the other. */
  firstPort: number;
  signal: AbortSignal;
  /** Before a trial and after it. */
  onStart(index: number, entry: { round: number; trial: Trial }): void;
  onEnd(index: number, outcome: TrialOutcome): void;
}

/**
 * Take all measurements, one after the other. One that can't be taken is told of and the next is tried.
 * @throws InterruptedError where the signal aborts
 */
export async function runRounds(
  entries: readonly { round: number; trial: Trial }[],
  rig: RoundsRig,
): Promise<TrialOutcome[]> {
  const outcomes: TrialOutcome[] = [];
  const nextPort = freePorts(rig.firstPort);
  for (const [index, entry] of entries.entries()) {
    rig.signal.throwIfAborted();
    rig.onStart(index, entry);
    const outcome: TrialOutcome = { ...entry, ...(await taken(entry.trial, nextPort(), rig)) };
    outcomes.push(outcome);
    rig.onEnd(index, outcome);
  }
  return outcomes;
}

async function taken(trial: Trial, port: number, { engines, upstreams, settings, signal }: RoundsRig) {
  const engine = engines.get(trial.engine);
  const upstream = upstreams.get(trial.upstream);
  if (engine === undefined || upstream === undefined) throw new Error(`no ${trial.engine} or no ${trial.upstream}`);
  try {
    return { kind: 'measured', figures: await runTrial(trial, { engine, upstream, port, settings, signal }) } as const;
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof ExpectedError)) throw error;
    return { kind: 'failed', reason: error.message } as const;
  }
}

const PORTS = 1_000;

/** Another port each time: closed connections keep theirs for a minute, and 5,000 a trial would use them all up. */
function freePorts(first: number): () => number {
  let offset = 0;
  return () => {
    for (let tried = 0; tried < PORTS; tried++) {
      const port = first + (offset++ % PORTS);
      if (!isListening(port)) return port;
    }
    throw new ExpectedError(`no port from ${first} to ${first + PORTS - 1} is free`, 'choose others with --port');
  };
}
