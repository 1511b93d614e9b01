import type { ChatContext } from './chat-exchange.js';
import type { HeadMemo } from './head-memo.js';
import type { RequestHead } from './request-head.js';
import { errorAnswer, type PlainAnswer } from './responses.js';
import { HEALTH_BODY, modelsBody } from './simple-responses.js';
import { mergeStats, type StatsSource } from './stats.js';

/** What every connection of one process shares. */
export interface RouteContext extends ChatContext {
  latencyText: string;
  source: StatsSource;
  heads: HeadMemo;
  readBuffer: Buffer;
}

type Answerer = (context: RouteContext) => PlainAnswer | Promise<PlainAnswer>;

const CHAT_PATH = '/v1/chat/completions';
const READING = ['GET', 'HEAD'];

const ROUTES = new Map<string, { methods: readonly string[]; answer: Answerer }>([
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
export function plainAnswer(head: RequestHead, context: RouteContext): PlainAnswer | Promise<PlainAnswer> {
  if (head.path === CHAT_PATH) return methodNotAllowed(CHAT_PATH, ['POST']);
  const route = ROUTES.get(head.path);
  if (!route) return errorAnswer(404, `there is nothing at ${head.path}`);
  return route.methods.includes(head.method) ? route.answer(context) : methodNotAllowed(head.path, route.methods);
}

function methodNotAllowed(path: string, allow: readonly string[]): PlainAnswer {
  return { ...errorAnswer(405, `${path} answers ${allow.join(' and ')} only`), allow };
}

async function readStats({ source, latencyText }: RouteContext): Promise<PlainAnswer> {
  return { status: 200, body: JSON.stringify(mergeStats(await source.collect(), latencyText)) };
}

async function resetStats({ source }: RouteContext): Promise<PlainAnswer> {
  await source.reset();
  return { status: 204, body: null };
}
