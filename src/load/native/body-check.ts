import { isChatCompletion, isChatStream } from '../../lib/chat-response.js';
import { KNOWN_LENGTHS, PARSE_EVERY } from '../response-check.js';

/** Bytes at each end that are compared with those of a good body. */
const EDGE_BYTES = 8;

/**
 * `responseCheck` on bytes. A body as long as a good one, and with the same first and last bytes, is neither parsed nor
 * decoded, except for one in 64. None is rejected unparsed.
 * @returns whether bytes[from, to) is a good body
 */
export function bodyCheck(stream: boolean): (bytes: Buffer, from: number, to: number) => boolean {
  const isRight = stream ? isChatStream : isChatCompletion;
  /** First and last bytes of good bodies, by length. */
  const known = new Map<number, Buffer>();
  let responses = 0;
  return (bytes, from, to) => {
    responses += 1;
    const length = to - from;
    if (responses % PARSE_EVERY !== 0) {
      const edges = known.get(length);
      if (edges !== undefined && hasEdges(bytes, from, to, edges)) return true;
    }
    if (!isRight(bytes.toString('utf8', from, to))) return false;
    // A body as short as its edges is not worth knowing.
    if (length >= 2 * EDGE_BYTES && (known.has(length) || known.size < KNOWN_LENGTHS)) {
      known.set(length, edgesOf(bytes, from, to));
    }
    return true;
  };
}

function edgesOf(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.concat([bytes.subarray(from, from + EDGE_BYTES), bytes.subarray(to - EDGE_BYTES, to)]);
}

function hasEdges(bytes: Buffer, from: number, to: number, edges: Buffer): boolean {
  for (let index = 0; index < EDGE_BYTES; index += 1) {
    if (bytes[from + index] !== edges[index]) return false;
    if (bytes[to - EDGE_BYTES + index] !== edges[EDGE_BYTES + index]) return false;
  }
  return true;
}
