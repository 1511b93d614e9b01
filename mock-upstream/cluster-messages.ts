import type { StatsPart } from './stats.js';

/** What the primary asks a worker. */
export type Question = 'stats' | 'reset' | 'requests' | 'flush';

export type Reply =
  | { question: 'stats'; part: StatsPart }
  | { question: 'reset' }
  /** All delays are in the record file. */
  | { question: 'flush' }
  | { question: 'requests'; requestsEver: number };

/**
 * A worker that needs the counts of all sends a `query`; the primary asks every worker, and returns their replies as
 * `results`.
 */
export type ToPrimary =
  | { type: 'reply'; id: number; reply: Reply }
  | { type: 'query'; id: number; question: Question }
  | { type: 'failed'; message: string };

export type ToWorker =
  | { type: 'question'; id: number; question: Question }
  | { type: 'results'; id: number; replies: Reply[] };

/** Questions that wait for their answers, by number. */
export class PendingQuestions<T> {
  readonly #resolvers = new Map<number, (answer: T) => void>();
  #lastId = 0;

  /** @param send gets the number to send along */
  ask(send: (id: number) => void): Promise<T> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#resolvers.set(id, resolve);
      send(id);
    });
  }

  resolve(id: number, answer: T): void {
    this.#resolvers.get(id)?.(answer);
    this.#resolvers.delete(id);
  }
}
