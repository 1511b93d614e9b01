import { ApiError } from '../api/api-error.js';
import { readChat } from '../chat-request.js';
import { completionBody, streamChunks, streamEnd } from '../completion-writer.js';
import type { Endpoint } from './endpoint.js';

/**
 * `POST /v1/chat/completions` in the published contract, for requests that are checked, limited or let fail: what they
 * are answered is what they are answered without.
 * @param hex gives so many random hexadecimal digits
 */
export function newPublishedChat(hex: (digits: number) => string): Endpoint {
  return {
    name: 'chat',
    form: 'openai',
    method: 'POST',
    inference: true,
    respond({ body, createdS }) {
      const { model, stream } = readChat(body);
      const id = `chatcmpl-${hex(8)}`;
      return stream
        ? { kind: 'fixed-stream', model, frames: frames(id, model, createdS) }
        : { kind: 'fixed', model, body: completionBody(id, model, createdS) };
    },
  };
}

function* frames(id: string, model: string, createdS: number): Generator<string, string> {
  yield* streamChunks(id, model, createdS);
  return streamEnd(id, model, createdS);
}

/** As the published contract says it. */
export const NOT_AN_OBJECT = new ApiError(400, 'the body is not a JSON object');
