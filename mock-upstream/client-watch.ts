import type { Socket } from 'node:net';

/** An answer that a client waits for. */
export interface PendingAnswer {
  /** The client has gone: stop working for it. */
  abandon(): void;
}

/**
 * Tells the answers that a connection waits for when it closes. A response's own `close` event won't do: of several
 * pipelined on one connection, only the one whose turn it is gets it.
 */
export class ClientWatch {
  readonly #pending = new WeakMap<Socket, Set<PendingAnswer>>();

  /** To be called once for each new connection. */
  watch(socket: Socket): void {
    const pending = new Set<PendingAnswer>();
    this.#pending.set(socket, pending);
    socket.once('close', () => {
      for (const answer of pending) answer.abandon();
      pending.clear();
    });
  }

  begin(socket: Socket, answer: PendingAnswer): void {
    this.#pending.get(socket)?.add(answer);
  }

  end(socket: Socket, answer: PendingAnswer): void {
    this.#pending.get(socket)?.delete(answer);
  }
}
