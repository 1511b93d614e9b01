/** The model of an answer to a request that names none, and the one that `GET /v1/models` lists. */
export const DEFAULT_MODEL = 'mock-gpt-4';

/** All that an answer depends on. */
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
  const { model, stream } = decoded as { model?: unknown; stream?: unknown };
  return { model: typeof model === 'string' && model !== '' ? model : DEFAULT_MODEL, stream: stream === true };
}
