import type { StatsPart } from './stats.js';

/** What the primary asks of a worker. */
export type Question = 'stats' | 'reset' | 'requests' | 'flush';

export type Reply =
  | { question: 'stats'; part: StatsPart }
  | { question: 'reset' }
  /** All delays are in the record's file. */
  | { question: 'flush' }
  | { question: 'requests'; requestsEver: number };

/**
 * A worker that was asked for the counts of all passes the question up as a `query`; the primary asks each worker,
 * and hands all replies down as the `answer`.
 */
export type ToPrimary =
  | { type: 'reply'; id: number; reply: Reply }
  | { type: 'query'; id: number; question: Question }
  | { type: 'failed'; message: string };

export type ToWorker =
  | { type: 'question'; id: number; question: Question }
  | { type: 'answer'; id: number; replies: Reply[] };

/** Promises of answers by number. */
export class PendingQuestions<T> {
  readonly #resolvers = new Map<number, (answer: T) => void>();
  #lastId = 0;

  /** @param send is given the number to send along */
  ask(send: (id: number) => void): Promise<T> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#resolvers.set(id, resolve);
      send(id);
    });
  }

  settle(id: number, answer: T): void {
    this.#resolvers.get(id)?.(answer);
    this.#resolvers.delete(id);
  }
}
