import { DEFAULT_MODEL } from './chat-request.js';

/** As many bytes as the published mock's text. */
const TEXT = 'Mock response from the gatebench upstream server.';

const STREAM_WORDS = ['Mock', ' streaming', ' response', ' from', ' benchmark', ' server.'];

/**
 * One chat completion, as JSON.
 * @param id `chatcmpl-` and 8 hexadecimal digits
 * @param created Unix seconds
 */
export function completionBody(id: string, model: string, created: number): string {
  return `{"id":"${id}","object":"chat.completion","created":${created},"model":${JSON.stringify(model)},"choices":[{"index":0,"message":{"role":"assistant","content":"${TEXT}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}`;
}

/** The events of a stream, each to be flushed by itself; {@link streamEnd} follows them. */
export function streamChunks(id: string, model: string, created: number): string[] {
  return STREAM_WORDS.map((content) => chunkEvent(id, model, created, { content }, null));
}

/** The last events of a stream: an empty delta with the reason to stop, and the end mark. */
export function streamEnd(id: string, model: string, created: number): string {
  return `${chunkEvent(id, model, created, {}, 'stop')}data: [DONE]\n\n`;
}

function chunkEvent(
  id: string,
  model: string,
  created: number,
  delta: { content?: string },
  finishReason: 'stop' | null,
): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices })}\n\n`;
}

export const HEALTH_BODY = '{"status":"ok"}';

export function modelsBody(created: number): string {
  return JSON.stringify({
    object: 'list',
    data: [{ id: DEFAULT_MODEL, object: 'model', created, owned_by: 'mock' }],
  });
}

/** An error in the shape of OpenAI's. */
export function errorBody(message: string): string {
  return JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } });
}
