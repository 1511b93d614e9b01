import type { IncomingMessage, ServerResponse } from 'node:http';
import { HEALTH_BODY, modelsBody } from './answers.js';
import { type ChatContext, ChatExchange } from './chat-exchange.js';
import { sendError, sendJson, sendMethodNotAllowed } from './respond.js';
import { mergeStats, type StatsSource } from './stats.js';

export interface RouteContext extends ChatContext {
  latencyText: string;
  source: StatsSource;
}

type Handler = (request: IncomingMessage, response: ServerResponse, context: RouteContext) => void;

const READING = ['GET', 'HEAD'];

const ROUTES = new Map<string, { methods: readonly string[]; handle: Handler }>([
  [
    '/v1/chat/completions',
    {
      methods: ['POST'],
      handle: (request, response, context) => {
        new ChatExchange(request, response, context);
      },
    },
  ],
  ['/health', { methods: READING, handle: (_request, response) => sendJson(response, 200, HEALTH_BODY) }],
  [
    '/v1/models',
    {
      methods: READING,
      handle: (_request, response) => sendJson(response, 200, modelsBody(Math.floor(Date.now() / 1000))),
    },
  ],
  ['/__stats', { methods: READING, handle: sendStats }],
  ['/__stats/reset', { methods: ['POST'], handle: resetStats }],
]);

/** Answer a request. What comes in is also the occasion to release what is due. */
export function route(request: IncomingMessage, response: ServerResponse, context: RouteContext): void {
  context.schedule.releaseDue();
  const url = request.url ?? '';
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const known = ROUTES.get(path);
  if (!known) sendError(response, 404, `there is nothing at ${path}`);
  else if (!known.methods.includes(request.method ?? '')) sendMethodNotAllowed(response, path, known.methods);
  else known.handle(request, response, context);
}

function sendStats(_request: IncomingMessage, response: ServerResponse, context: RouteContext): void {
  context.source
    .collect()
    .then((parts) => sendJson(response, 200, JSON.stringify(mergeStats(parts, context.latencyText))))
    .catch((error: unknown) => sendError(response, 500, String(error)));
}

function resetStats(_request: IncomingMessage, response: ServerResponse, context: RouteContext): void {
  context.source
    .reset()
    .then(() => response.writeHead(204).end())
    .catch((error: unknown) => sendError(response, 500, String(error)));
}
