export interface ChatRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What every engine sends, again and again: the request of the published scenario. */
export const SELFBENCH_REQUEST: ChatRequest = {
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Say hello in five words.' }],
    max_tokens: 50,
  }),
};
