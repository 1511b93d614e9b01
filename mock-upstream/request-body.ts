import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';

/** Far above any prompt; it keeps a client that never stops from filling the memory. */
export const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

export type RequestBody = { kind: 'whole'; text: string } | { kind: 'too-large' };

/**
 * Read a body to its end, and say when its last byte came in. One that is too large is read to its end too, and thrown
 * away: a connection closed on a client that still sends would be reset, and the answer lost with it.
 *
 * Never calls back where the connection closes first.
 * @param done its second argument is in milliseconds of `performance.now()`
 */
export function readBody(request: IncomingMessage, done: (body: RequestBody, arrivedMs: number) => void): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) chunks = [];
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const arrivedMs = performance.now();
    if (bytes > BODY_LIMIT_BYTES) return done({ kind: 'too-large' }, arrivedMs);
    const [first] = chunks;
    const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    done({ kind: 'whole', text: whole.toString('utf8') }, arrivedMs);
  });
}
