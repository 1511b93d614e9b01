import { MOCK_STREAM_TEXTS, MOCK_TEXT } from '../common/mock-text.js';
import { bytesOf, chunkOf, jsonFields, LAST_CHUNK, responseHead, streamFields, type WireText } from './responses.js';

/** As long as an id's 8 digits, and nothing that JSON would write differently. */
const ID_PLACE = '\u0001\u0001\u0001\u0001\u0001\u0001\u0001\u0001';

const BYTE_DIGITS = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/**
 * Writes the completions of one model. Between two of them only the id differs, and once a second the date: so the rest is
 * rendered once a second, and a response is three strings put together.
 */
export class CompletionWriter {
  #second = 0;
  #before: WireText = '';
  #after: WireText = '';

  /** @param next32 draws the ids, 32 bits each */
  constructor(
    readonly model: string,
    private readonly next32: () => number,
  ) {}

  /** One completion, head and body. */
  completion(keepAlive: boolean): WireText {
    const second = Math.floor(Date.now() / 1000);
    if (!keepAlive) return this.#render(second, this.#id(), false);
    if (second !== this.#second) {
      const [before = '', after = ''] = this.#render(second, ID_PLACE, true).split(ID_PLACE);
      this.#second = second;
      this.#before = before;
      this.#after = after;
    }
    return this.#before + this.#id() + this.#after;
  }

  /** A stream, in the parts that are to be flushed one by one; the first one starts with the head. */
  stream(keepAlive: boolean, chunked: boolean): WireText[] {
    const id = `chatcmpl-${this.#id()}`;
    const created = Math.floor(Date.now() / 1000);
    const events = [...streamChunks(id, this.model, created), streamEnd(id, this.model, created)].map(bytesOf);
    const parts = chunked ? events.map(chunkOf) : events;
    parts[0] = responseHead(200, streamFields('text/event-stream', chunked), keepAlive) + (parts[0] ?? '');
    if (chunked) parts[parts.length - 1] += LAST_CHUNK;
    return parts;
  }

  #render(created: number, idDigits: string, keepAlive: boolean): WireText {
    const body = bytesOf(completionBody(`chatcmpl-${idDigits}`, this.model, created));
    return responseHead(200, jsonFields(body.length), keepAlive) + body;
  }

  /** 8 hexadecimal digits. */
  #id(): string {
    const id = this.next32();
    return (
      (BYTE_DIGITS[id >>> 24] ?? '') +
      (BYTE_DIGITS[(id >>> 16) & 255] ?? '') +
      (BYTE_DIGITS[(id >>> 8) & 255] ?? '') +
      (BYTE_DIGITS[id & 255] ?? '')
    );
  }
}

/**
 * One chat completion, as JSON.
 * @param id `chatcmpl-` and 8 hexadecimal digits
 * @param created Unix seconds
 */
export function completionBody(id: string, model: string, created: number): string {
  return `{"id":"${id}","object":"chat.completion","created":${created},"model":${JSON.stringify(model)},"choices":[{"index":0,"message":{"role":"assistant","content":"${MOCK_TEXT}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}`;
}

/** The events of a stream, each to be flushed by itself; {@link streamEnd} follows them. */
export function streamChunks(id: string, model: string, created: number): string[] {
  return MOCK_STREAM_TEXTS.map((content) => chunkEvent(id, model, created, { content }, null));
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
