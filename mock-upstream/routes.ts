import { DEFAULT_MODEL } from './chat-request.js';
import type { ChatContext } from './exchange.js';
import type { HeadMemo, RequestHead } from './request-head.js';
import { errorResponse, type PlainResponse } from './responses.js';
import { mergeStats, type StatsSource } from './stats.js';

/** What every connection of one process shares. */
export interface RouteContext extends ChatContext {
  latencyText: string;
  source: StatsSource;
  heads: HeadMemo;
  readBuffer: Buffer;
}

type Responder = (context: RouteContext) => PlainResponse | Promise<PlainResponse>;

const CHAT_PATH = '/v1/chat/completions';
const READING = ['GET', 'HEAD'];

const ROUTES = new Map<string, { methods: readonly string[]; answer: Responder }>([
  ['/health', { methods: READING, answer: () => ({ status: 200, body: HEALTH_BODY }) }],
  [
    '/v1/models',
    { methods: READING, answer: () => ({ status: 200, body: modelsBody(Math.floor(Date.now() / 1000)) }) },
  ],
  ['/__stats', { methods: READING, answer: readStats }],
  ['/__stats/reset', { methods: ['POST'], answer: resetStats }],
]);

/** Whether a request is one that waits for the latency. */
export function isChat(head: RequestHead): boolean {
  return head.path === CHAT_PATH && head.method === 'POST';
}

/** The answer to any other request. Its body is of no interest. */
export function plainResponse(head: RequestHead, context: RouteContext): PlainResponse | Promise<PlainResponse> {
  if (head.path === CHAT_PATH) return methodNotAllowed(CHAT_PATH, ['POST']);
  const route = ROUTES.get(head.path);
  if (!route) return errorResponse(404, `there is nothing at ${head.path}`);
  return route.methods.includes(head.method) ? route.answer(context) : methodNotAllowed(head.path, route.methods);
}

function methodNotAllowed(path: string, allow: readonly string[]): PlainResponse {
  return { ...errorResponse(405, `${path} answers ${allow.join(' and ')} only`), allow };
}

async function readStats({ source, latencyText }: RouteContext): Promise<PlainResponse> {
  return { status: 200, body: JSON.stringify(mergeStats(await source.collect(), latencyText)) };
}

async function resetStats({ source }: RouteContext): Promise<PlainResponse> {
  await source.reset();
  return { status: 204, body: null };
}

const HEALTH_BODY = '{"status":"ok"}';

export function modelsBody(created: number): string {
  return JSON.stringify({
    object: 'list',
    data: [{ id: DEFAULT_MODEL, object: 'model', created, owned_by: 'mock' }],
  });
}
