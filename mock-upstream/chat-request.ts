import { CompletionWriter } from './completion-writer.js';

/** The model for requests that name none, and what `GET /v1/models` lists by default. */
export const DEFAULT_MODEL = 'mock-gpt-4';

/** The fields that a response depends on. */
export interface ChatRequest {
  model: string;
  stream: boolean;
}

/**
 * Decode the body of a chat completion request.
 * @returns null where it isn't a JSON object
 */
export function decodeChatRequest(body: string): ChatRequest | null {
  let decoded: unknown;
  try {
    decoded = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof decoded !== 'object' || decoded === null || Array.isArray(decoded)) return null;
  return readChat(decoded);
}

/** The fields of a body that has been parsed. */
export function readChat({ model, stream }: { model?: unknown; stream?: unknown }): ChatRequest {
  return { model: typeof model === 'string' && model !== '' ? model : DEFAULT_MODEL, stream: stream === true };
}

/** What a request asks for. */
export interface Chat {
  writer: CompletionWriter;
  stream: boolean;
}

/** A longer body is parsed each time. */
const MAX_BYTES = 65_536;
/** Benchmarks use one model; this keeps odd clients from filling the memory. */
const MAX_MODELS = 100;

/**
 * Decodes bodies, and remembers the last one: the virtual users of a benchmark all send the same, and comparing it costs
 * a tenth of parsing it. The same bytes mean the same, so nothing is assumed.
 */
export class ChatMemo {
  readonly #writers = new Map<string, CompletionWriter>();
  #bytes: Buffer = Buffer.alloc(0);
  #chat: Chat | null = null;

  /** @param next32 draws the completions' ids */
  constructor(private readonly next32: () => number) {}

  /** @returns null where bytes[start, end) is not a JSON object */
  decode(bytes: Buffer, start: number, end: number): Chat | null {
    const length = end - start;
    if (length > 0 && length === this.#bytes.length && bytes.compare(this.#bytes, 0, length, start, end) === 0) {
      return this.#chat;
    }
    const request = decodeChatRequest(bytes.toString('utf8', start, end));
    const chat = request && { writer: this.#writerFor(request.model), stream: request.stream };
    if (length <= MAX_BYTES) {
      this.#bytes = Buffer.from(bytes.subarray(start, end));
      this.#chat = chat;
    }
    return chat;
  }

  #writerFor(model: string): CompletionWriter {
    const known = this.#writers.get(model);
    if (known) return known;
    if (this.#writers.size >= MAX_MODELS) this.#writers.clear();
    const writer = new CompletionWriter(model, this.next32);
    this.#writers.set(model, writer);
    return writer;
  }
}
