import { createHash } from 'node:crypto';

/** Where a request's key stands, whatever its dialect. */
export function keyOf(headers: ReadonlyMap<string, string>, parameter: (name: string) => string | null): string | null {
  const bearer = /^bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  return (
    bearer ?? headers.get('x-api-key') ?? headers.get('api-key') ?? headers.get('x-goog-api-key') ?? parameter('key')
  );
}

/** What an error may show of a key. */
export function maskedKey(key: string): string {
  return key.length > 8 ? `${key.slice(0, 3)}***${key.slice(-4)}` : '***';
}

/** The keys that are let in. Looked up by digest, so that the time it takes tells nothing of them. */
export class KeyRing {
  readonly #digests: ReadonlySet<string>;

  constructor(keys: readonly string[]) {
    this.#digests = new Set(keys.map(digestOf));
  }

  has(key: string): boolean {
    return this.#digests.has(digestOf(key));
  }
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
