import type { WorkerOutcome } from '../merge.js';
import type { WorkerSecond } from '../worker-report.js';
import type { StartVus } from './vus.js';
import { WorkerLoad, type WorkerTask } from './worker-load.js';

/** From the engine to a worker. */
export type ToWorker =
  /** Begin at `bounds.beginUs`, with this many of the spec's VUs. */
  | ({ type: 'start' } & WorkerTask)
  /** End at this moment, or now where it has passed. */
  | { type: 'stop'; atUs: number };

/** From a worker to the engine. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'second'; second: WorkerSecond }
  /** The last message. */
  | { type: 'outcome'; outcome: WorkerOutcome };

/**
 * Be a load worker: a process that the engine starts with a Node IPC channel. It lives as long as that channel at
 * most, so that it never outlives the engine.
 * @param startVus the engine's own way to drive VUs
 */
export function runWorker(startVus: StartVus): void {
  let load: WorkerLoad | undefined;
  process.once('disconnect', () => process.exit(0));
  process.on('message', (message: ToWorker) => {
    if (message.type === 'stop') {
      load?.stop(message.atUs);
      return;
    }
    load = new WorkerLoad(message, startVus, {
      second: (second) => send({ type: 'second', second }),
      end: (outcome) => send({ type: 'outcome', outcome }, () => process.exit(0)),
    });
    load.begin();
  });
  send({ type: 'ready' });
}

function send(message: FromWorker, sent?: () => void): void {
  process.send?.(message, undefined, undefined, () => sent?.());
}
