import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { PendingQuestions, type Question, type Reply, type ToPrimary, type ToWorker } from './cluster-messages.js';
import { startRecordFile } from './delay-record.js';
import type { RunningMock } from './lifecycle.js';
import type { Options } from './options.js';
import { ListenFailure } from './server.js';

/**
 * Serve from several processes. This one accepts the connections and deals them out in turn: the kernel would spread
 * few long-lived connections unevenly, and one process would be late while another idles.
 *
 * If a worker dies, all end: a benchmark that lost a part of its upstream is void.
 * @throws ListenFailure, RecordFailure
 */
export async function runClusterPrimary(options: Options): Promise<RunningMock> {
  if (options.recordFile !== null) startRecordFile(options.recordFile);
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const workers = Array.from({ length: options.processes }, () => cluster.fork());
  const group = new WorkerGroup(workers);
  try {
    const ports = await Promise.all(workers.map((worker) => listeningPort(worker)));
    group.watch((message) => {
      process.stderr.write(`mock upstream: ${message}\n`);
      void group.stop().then(() => process.exit(1));
    });
    return {
      port: ports[0] ?? options.port,
      pids: [process.pid, ...workers.flatMap((worker) => worker.process.pid ?? [])],
      requestsEver: async () => {
        const replies = await group.ask('requests');
        return replies.reduce((sum, reply) => sum + (reply.question === 'requests' ? reply.requestsEver : 0), 0);
      },
      stop: async () => {
        if (options.recordFile !== null) await Promise.race([group.ask('flush'), sleep(FLUSH_TIMEOUT_MS)]);
        await group.stop();
      },
    };
  } catch (error) {
    await group.stop();
    throw error;
  }
}

/** A worker that hasn't written its delays by then never will. */
const FLUSH_TIMEOUT_MS = 1000;

/** Resolves with the port that a worker listens on; rejects where it can't listen. */
function listeningPort(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('listening', (address) => resolve(address.port));
    worker.on('message', (message: ToPrimary) => {
      if (message.type === 'failed') reject(new ListenFailure(message.message));
    });
    worker.once('exit', (code, signal) => reject(new Error(`a process ended before it listened (${signal ?? code})`)));
  });
}

class WorkerGroup {
  readonly #pending = new PendingQuestions<Reply>();
  #stopping = false;

  constructor(readonly workers: readonly Worker[]) {
    for (const worker of workers) worker.on('message', (message: ToPrimary) => this.#onMessage(worker, message));
  }

  /** Call back for a worker that ends on its own. */
  watch(onDeath: (message: string) => void): void {
    for (const worker of this.workers) {
      worker.once('exit', (code, signal) => {
        if (!this.#stopping)
          onDeath(`process ${worker.process.pid} ended by itself (${signal ?? `exit code ${code}`})`);
      });
    }
  }

  ask(question: Question): Promise<Reply[]> {
    return Promise.all(
      this.workers.map((worker) => this.#pending.ask((id) => send(worker, { type: 'question', id, question }))),
    );
  }

  /** Workers hold nothing that needs a graceful end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.workers.map(async (worker) => {
        if (worker.isDead()) return;
        const exit = once(worker, 'exit');
        worker.process.kill('SIGKILL');
        await exit;
      }),
    );
  }

  #onMessage(worker: Worker, message: ToPrimary): void {
    switch (message.type) {
      case 'reply':
        this.#pending.resolve(message.id, message.reply);
        return;
      case 'query':
        void this.ask(message.question).then((replies) => send(worker, { type: 'results', id: message.id, replies }));
        return;
      case 'failed':
        return;
      default:
        message satisfies never;
    }
  }
}

function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}
