import { request } from 'node:http';
import { request as requestOverTls } from 'node:https';

export interface HttpResponse {
  status: number;
  body: string;
}

export interface HttpOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** For the complete response. */
  timeoutMs: number;
  /** PEM of the only CA that is trusted over TLS; the system's where absent. */
  ca?: string | undefined;
  signal?: AbortSignal;
}

/**
 * One request on a connection of its own, for health checks and verification; never for load.
 * @throws the socket's error, or one that says that the time ran out
 */
export async function httpRequest(url: string, options: HttpOptions): Promise<HttpResponse> {
  const { status, body } = await httpRequestBytes(url, options);
  return { status, body: body.toString('utf8') };
}

/** {@link httpRequest} for a response that isn't text. */
export function httpRequestBytes(url: string, options: HttpOptions): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const send: typeof requestOverTls = url.startsWith('https:') ? requestOverTls : request;
    const outgoing = send(
      url,
      {
        method: options.method ?? 'GET',
        headers: {
          ...options.headers,
          ...(options.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(options.body)) }),
        },
        agent: false,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          clearTimeout(timer);
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) });
        });
      },
    );
    const timer = setTimeout(() => {
      outgoing.destroy(new Error(`no complete response within ${options.timeoutMs / 1000} s`));
    }, options.timeoutMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(options.signal?.aborted ? options.signal.reason : error);
    });
    outgoing.end(options.body);
  });
}
