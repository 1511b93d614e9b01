import type { FromWorker, ToWorker } from './messages.js';
import type { StartVus } from './vus.js';
import { WorkerLoad } from './worker-load.js';

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
