/** Whether the text is one whole chat completion, whatever keys a gateway adds or reorders. */
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
