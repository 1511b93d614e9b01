import type { FromWorker, ToWorker } from './messages.js';
import { WorkerLoad } from './worker-load.js';

/**
 * Program: one load worker, started by the engine with a Node IPC channel. Lives as long as that channel at most, so
 * it never outlives the engine.
 */
let load: WorkerLoad | undefined;

process.once('disconnect', () => process.exit(0));
process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') {
    load?.stop(message.atUs);
    return;
  }
  load = new WorkerLoad(
    message.spec,
    message.vus,
    message.bounds,
    (second) => send({ type: 'second', second }),
    (outcome) => send({ type: 'outcome', outcome }, () => process.exit(0)),
  );
  load.begin();
});

send({ type: 'ready' });

function send(message: FromWorker, sent?: () => void): void {
  process.send?.(message, undefined, undefined, () => sent?.());
}
