import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { until } from './started-mock.js';

/** One TCP connection on which a test writes and reads bytes as it likes. */
export class RawConnection {
  #received = '';
  #closed = false;

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
    });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get received(): string {
    return this.#received;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Each character in a write, and a turn of the event loop, of its own. */
  async writeSlowly(text: string): Promise<void> {
    for (const character of text) {
      this.write(character);
      await turn();
    }
  }

  /** Wait until a text has come in so many times. */
  async receive(text: string, times = 1): Promise<string> {
    await until(() => this.#received.split(text).length > times || this.#closed);
    return this.#received;
  }

  async receiveToEnd(): Promise<string> {
    await until(() => this.#closed);
    return this.#received;
  }
}

/** A chat completion request, as bytes. */
export function chatRequest(body: string, headers: readonly string[] = [], version = '1.1'): string {
  return [
    `POST /v1/chat/completions HTTP/${version}`,
    'Host: mock',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}
