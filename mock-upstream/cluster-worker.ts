import cluster from 'node:cluster';
import { PendingQuestions, type Question, type Reply, type ToPrimary, type ToWorker } from './cluster-messages.js';
import { DelayRecord } from './delay-record.js';
import type { Options } from './options.js';
import { ListenFailure, listen, newMockServer } from './server.js';
import { ProcessStats, type StatsSource } from './stats.js';

/** Serve as one of several processes, until the primary ends it or dies. */
export async function runClusterWorker(options: Options): Promise<void> {
  // A terminal signals all processes at once: the primary handles it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(0));

  const stats = new ProcessStats();
  const record = options.recordFile === null ? null : new DelayRecord(options.recordFile);
  process.on('exit', () => record?.flush());
  const pending = new PendingQuestions<Reply[]>();
  const query = (question: Question): Promise<Reply[]> =>
    pending.ask((id) => sendToPrimary({ type: 'query', id, question }));

  process.on('message', (raw: unknown) => {
    const message = raw as ToWorker;
    switch (message.type) {
      case 'question':
        return sendToPrimary({ type: 'reply', id: message.id, reply: replyTo(message.question, stats, record) });
      case 'results':
        return pending.resolve(message.id, message.replies);
      default:
        message satisfies never;
    }
  });

  const source: StatsSource = {
    collect: async () => (await query('stats')).flatMap((reply) => (reply.question === 'stats' ? [reply.part] : [])),
    reset: async () => {
      await query('reset');
    },
  };
  const index = (cluster.worker?.id ?? 1) - 1;
  const server = newMockServer(options, { index, stats, source, record });
  try {
    await listen(server, options);
  } catch (error) {
    if (!(error instanceof ListenFailure)) throw error;
    sendToPrimary({ type: 'failed', message: error.message });
  }
}

function replyTo(question: Question, stats: ProcessStats, record: DelayRecord | null): Reply {
  switch (question) {
    case 'stats':
      return { question, part: stats.part() };
    case 'reset':
      stats.reset();
      return { question };
    case 'flush':
      record?.flush();
      return { question };
    case 'requests':
      return { question, requestsEver: stats.requestsEver };
  }
}

function sendToPrimary(message: ToPrimary): void {
  if (process.connected) process.send?.(message);
}
