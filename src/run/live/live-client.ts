import { Pool } from 'undici';
import { messageOf } from '../../lib/errors.js';
import type { LiveCall } from '../../model/live.js';
import { FirstContent } from './first-content.js';
import { problemOf, tokensOf, toldByHeaders } from './read-call.js';

/** Where one side's requests go. */
export interface LiveTarget {
  origin: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface LiveClientOptions {
  stream: boolean;
  timeoutS: number;
  /** Certificates to trust; the system's own where undefined. */
  ca: string[] | undefined;
  /** Takes the key out of what is kept. */
  redact: (text: string) => string;
  signal: AbortSignal;
}

/** Longer than any pause between two pairs: whoever closes the connection, it isn't us. */
const KEEP_ALIVE_MS = 600_000;

/** Asks one side again and again, on one connection that stays open. */
export class LiveClient {
  readonly #pool: Pool;
  #connections = 0;

  constructor(
    private readonly target: LiveTarget,
    private readonly options: LiveClientOptions,
  ) {
    this.#pool = new Pool(target.origin, {
      connections: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(options.ca === undefined ? {} : { connect: { ca: options.ca } }),
    });
    this.#pool.on('connect', () => {
      this.#connections += 1;
    });
  }

  /** Ask once. Whatever fails is in the call. */
  async ask(): Promise<LiveCall> {
    const { stream, timeoutS, signal, redact } = this.options;
    const { path, headers, body } = this.target;
    const connectionsBefore = this.#connections;
    const limit = AbortSignal.timeout(timeoutS * 1000);
    let call: LiveCall;
    const startedMs = performance.now();
    try {
      const response = await this.#pool.request({
        path,
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', accept: stream ? 'text/event-stream' : '*/*' },
        body,
        signal: AbortSignal.any([signal, limit]),
      });
      const { text, firstContentMs } = await readBody(response.body, stream);
      const endedMs = performance.now();
      const error = problemOf(response.statusCode, text, stream);
      const timeUs = (ms: number | null) => (error !== null || ms === null ? null : (ms - startedMs) * 1000);
      call = {
        status: response.statusCode,
        error,
        totalUs: timeUs(endedMs),
        firstContentUs: timeUs(firstContentMs),
        ...toldByHeaders(response.headers),
        tokens: tokensOf(text, stream),
        newConnection: false,
      };
    } catch (error) {
      const why = signal.aborted ? 'stopped' : limit.aborted ? `no whole response in ${timeoutS} s` : messageOf(error);
      call = failedCall(why);
    }
    return {
      ...call,
      error: call.error === null ? null : redact(call.error),
      newConnection: this.#connections > connectionsBefore,
    };
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

function failedCall(error: string): LiveCall {
  return {
    status: null,
    error,
    totalUs: null,
    firstContentUs: null,
    providerUs: null,
    retries: 0,
    tokens: null,
    newConnection: false,
    retryAfterS: null,
  };
}

async function readBody(
  body: AsyncIterable<Buffer>,
  stream: boolean,
): Promise<{ text: string; firstContentMs: number | null }> {
  const decoder = new TextDecoder();
  const firstContent = stream ? new FirstContent() : null;
  let firstContentMs: number | null = null;
  let text = '';
  for await (const chunk of body) {
    const atMs = performance.now();
    const part = decoder.decode(chunk, { stream: true });
    if (firstContent?.feed(part)) firstContentMs = atMs;
    text += part;
  }
  return { text: text + decoder.decode(), firstContentMs };
}
