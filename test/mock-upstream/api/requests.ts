import type { StartedMock } from '../started-mock.js';

export const HI = [{ role: 'user', content: 'Say something.' }];

export interface Asked {
  path?: string;
  headers?: Record<string, string>;
}

export function post(mock: StartedMock, body: unknown, { path = '/v1/chat/completions', headers = {} }: Asked = {}) {
  return fetch(mock.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The JSON of a response, whose fields a test names as it needs them. */
export async function json(response: Response | Promise<Response>): Promise<Record<string, unknown>> {
  return (await (await response).json()) as Record<string, unknown>;
}

/** The data of a stream's events; the end mark is left out. */
export function events(text: string): Record<string, unknown>[] {
  return text
    .split(/\r?\n\r?\n/)
    .flatMap((event) => event.split(/\r?\n/).filter((line) => line.startsWith('data: ')))
    .map((line) => line.slice('data: '.length))
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Record<string, unknown>);
}
