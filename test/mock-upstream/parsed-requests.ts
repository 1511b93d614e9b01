import { HeadMemo } from '../../mock-upstream/request-head.js';
import { RequestParser } from '../../mock-upstream/request-parser.js';

/** What a parser said of the bytes that it was given, in order. */
export type Told =
  | { method: string; path: string; keepAlive: boolean; http10: boolean; expectsContinue: boolean; body?: string }
  | { method: string; path: string; tooLarge: true }
  | { status: number; message: string };

/** Parse pieces of bytes, each in a buffer that is written over afterwards, as that of a server is. */
export function parsePieces(
  pieces: readonly Uint8Array[],
  { memo = new HeadMemo(), bodyLimitBytes = 1e6 } = {},
): Told[] {
  const told: Told[] = [];
  const parser = new RequestParser(
    {
      onHead: ({ method, path, keepAlive, http10, expectsContinue }) => {
        told.push({ method, path, keepAlive, http10, expectsContinue });
      },
      onBody: (bytes, start, end) => {
        const last = told.at(-1);
        if (last && 'keepAlive' in last) last.body = bytes.toString('latin1', start, end);
      },
      onTooLarge: () => {
        const last = told.at(-1);
        if (last && 'keepAlive' in last)
          told[told.length - 1] = { method: last.method, path: last.path, tooLarge: true };
      },
      onFailure: ({ status, message }) => told.push({ status, message }),
    },
    memo,
    bodyLimitBytes,
  );
  const shared = Buffer.alloc(Math.max(1, ...pieces.map((piece) => piece.length)));
  for (const piece of pieces) {
    shared.set(piece);
    parser.push(shared, piece.length);
    shared.fill('#');
  }
  return told;
}

/** Parse a text of bytes, in pieces that end at these places. */
export function parseText(text: string, cuts: readonly number[] = [], memo = new HeadMemo()): Told[] {
  const bytes = Buffer.from(text, 'latin1');
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return parsePieces(
    places.slice(1).map((place, i) => bytes.subarray(places[i], place)),
    { memo },
  );
}
