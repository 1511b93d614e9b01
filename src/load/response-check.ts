import { isChatCompletion, isChatStream } from '../lib/chat-response.js';

/** One in so many responses is parsed even when it looks like those before it (measured: 1.6 % of the cost). */
export const PARSE_EVERY = 64;
/** Lengths of good bodies to remember; a gateway's responses to one request have few. */
export const KNOWN_LENGTHS = 64;

/**
 * Checks bodies of 200 responses. Bodies are parsed and judged by structure, since gateways reorder and add keys. A body
 * as long as a good one is only looked at, except for one in {@link PARSE_EVERY}: parsing all of them would make the load
 * generator the bottleneck. None is rejected unparsed.
 */
export function responseCheck(stream: boolean): (body: string) => boolean {
  const looksRight = stream ? looksLikeChatStream : looksLikeChatCompletion;
  const isRight = stream ? isChatStream : isChatCompletion;
  const known = new Set<number>();
  let responses = 0;
  return (body) => {
    responses += 1;
    if (known.has(body.length) && responses % PARSE_EVERY !== 0 && looksRight(body)) return true;
    if (!isRight(body)) return false;
    if (known.size < KNOWN_LENGTHS) known.add(body.length);
    return true;
  };
}

function looksLikeChatCompletion(body: string): boolean {
  return body.startsWith('{') && body.trimEnd().endsWith('}') && body.includes('"choices"');
}

function looksLikeChatStream(body: string): boolean {
  return body.startsWith('data:') && body.trimEnd().endsWith('[DONE]') && body.includes('"choices"');
}
