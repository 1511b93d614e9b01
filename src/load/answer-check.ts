/** Every so many answers one is parsed whole, even when it looks like the ones before it (ours: 1.6 % of the cost). */
const PARSE_EVERY = 64;
/** Lengths of bodies that were parsed and found good; a gateway's answers to one request have few. */
const KNOWN_LENGTHS = 64;

/**
 * A check of the bodies of 200 answers: true where it is what was asked for. Bodies are parsed and judged by
 * structure, since gateways reorder and add keys. A body as long as one that parsed well is only looked at, except
 * for one in {@link PARSE_EVERY}: parsing all of them would make the load generator the limit.
 */
export function answerCheck(stream: boolean): (body: string) => boolean {
  const looksRight = stream ? looksLikeChatStream : looksLikeChatCompletion;
  const isRight = stream ? isChatStream : isChatCompletion;
  const known = new Set<number>();
  let answers = 0;
  return (body) => {
    answers += 1;
    if (known.has(body.length) && answers % PARSE_EVERY !== 0) return looksRight(body);
    if (!isRight(body)) return false;
    if (known.size < KNOWN_LENGTHS) known.add(body.length);
    return true;
  };
}

/** Whether the text is one whole chat completion. */
export function isChatCompletion(body: string): boolean {
  const value = parsed(body);
  if (!isObject(value) || value.object !== 'chat.completion' || !Array.isArray(value.choices)) return false;
  const choice: unknown = value.choices[0];
  if (!isObject(choice) || !isObject(choice.message)) return false;
  return typeof choice.message.content === 'string' || Array.isArray(choice.message.tool_calls);
}

/** Whether the text is a whole SSE chat stream: chunks with choices, then `data: [DONE]` last. */
export function isChatStream(body: string): boolean {
  const data = body.split(/\r\n|\n|\r/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
  if (data.pop() !== '[DONE]' || data.length === 0) return false;
  return data.every((text) => {
    const chunk = parsed(text);
    return isObject(chunk) && Array.isArray(chunk.choices);
  });
}

function looksLikeChatCompletion(body: string): boolean {
  return body.startsWith('{') && body.trimEnd().endsWith('}') && body.includes('"choices"');
}

function looksLikeChatStream(body: string): boolean {
  return body.startsWith('data:') && body.trimEnd().endsWith('[DONE]') && body.includes('"choices"');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
