import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectOverTls, type SecureContext } from 'node:tls';
import { classOfErrorCode, type Failure } from '../failure-class.js';

/** How long a connection that the gateway said it would close may take to do so. */
const RETIRED_MS = 1000;
/** A read takes at most this much; a response is smaller, so that it needs one read. */
const READ_BYTES = 65_536;

/**
 * Where every connection of this worker reads into: what was read is dealt with before the next read begins. One
 * buffer that stays in the processor's cache replaces an allocation of 64 KiB for each read.
 */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Whoever uses a connection. It is told nothing any more once it dropped or retired it. */
export interface ConnectionUser {
  connected(): void;
  /** Bytes came: in `bytes` up to `length`, and only until this returns. */
  received(bytes: Buffer, length: number): void;
  /** The peer ended the connection in order. */
  ended(): void;
  /** It broke; or closed, where the failure is null. */
  broke(failure: Failure | null): void;
}

/** One connection of a VU. */
export class Connection {
  readonly #socket: Socket;
  #user: ConnectionUser | null;
  #connected = false;

  /** @param secureContext whom to trust over TLS; null for plain HTTP */
  constructor(host: string, port: number, user: ConnectionUser, secureContext: SecureContext | null) {
    this.#user = user;
    const options: TcpNetConnectOpts = {
      host,
      port,
      // A body of several segments must not wait for the peer's delayed acknowledgement (Nagle, RFC 896).
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#user?.received(readBuffer, length);
          return true;
        },
      },
    };
    this.#socket = secureContext === null ? connect(options) : connectSecurely(options, secureContext);
    this.#socket.once(secureContext === null ? 'connect' : 'secureConnect', () => {
      this.#connected = true;
      this.#user?.connected();
    });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('end', () => this.#user?.ended());
    this.#socket.on('close', () => this.#user?.broke(null));
  }

  /**
   * Write a whole request. With one request in flight there is nothing to queue, to count or to call back about a tick
   * later: the bytes go to `_write`, what the stream itself calls for them. A request costs 4 % less for it (measured).
   */
  write(bytes: Buffer): void {
    if (this.#connected) this.#socket._write(bytes, 'buffer' as BufferEncoding, this.#written);
    else this.#socket.write(bytes);
  }

  /** Leave the closing to the peer, which said that it would close: its side keeps the port in TIME_WAIT, not ours. */
  retire(): void {
    this.#user = null;
    const overdue = setTimeout(() => this.#socket.destroy(), RETIRED_MS);
    this.#socket.once('close', () => clearTimeout(overdue));
  }

  drop(): void {
    this.#user = null;
    this.#socket.destroy();
  }

  readonly #written = (error?: Error | null): void => {
    // Within the call of write(), where the VU is not ready to hear of it.
    if (error) process.nextTick(() => this.#failed(error));
  };

  #failed(error: NodeJS.ErrnoException): void {
    this.#user?.broke({ class: classOfErrorCode(error.code), detail: error.message });
  }
}

/**
 * A connection over TLS. No session is resumed: each is a whole handshake, which a VU pays once, as it keeps its connection.
 * What is read is decrypted into the same buffer as what comes in plainly.
 */
function connectSecurely(options: TcpNetConnectOpts, secureContext: SecureContext): Socket {
  const { host = '' } = options;
  const socket = connectOverTls({
    ...options,
    secureContext,
    ALPNProtocols: ['http/1.1'],
    // Addresses are no server names (RFC 6066, 3).
    servername: isIP(host) === 0 ? host : '',
  });
  return socket.setNoDelay(true);
}
