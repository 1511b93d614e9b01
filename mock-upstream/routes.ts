import { type MetricsPart, renderMetrics } from './api/metrics.js';
import type { ChatContext, ExchangeOpener } from './exchange.js';
import type { HeadMemo, RequestHead } from './request-head.js';
import { errorResponse, type PlainResponse } from './responses.js';
import { mergeStats, type StatsSource } from './stats.js';

/** What every connection of one process shares. */
export interface RouteContext extends ChatContext {
  latencyText: string;
  models: readonly string[];
  source: StatsSource;
  heads: HeadMemo;
  readBuffer: Buffer;
  /** null in the published contract, where nothing was asked for beyond it. */
  opener: ExchangeOpener | null;
}

type Responder = (context: RouteContext) => PlainResponse | Promise<PlainResponse>;

const CHAT_PATH = '/v1/chat/completions';
const METRICS_PATH = '/metrics';
const READING = ['GET', 'HEAD'];

const ROUTES = new Map<string, { methods: readonly string[]; respond: Responder }>([
  ['/health', { methods: READING, respond: () => ({ status: 200, body: HEALTH_BODY }) }],
  [
    '/v1/models',
    {
      methods: READING,
      respond: ({ models }) => ({ status: 200, body: modelsBody(models, Math.floor(Date.now() / 1000)) }),
    },
  ],
  ['/__stats', { methods: READING, respond: readStats }],
  ['/__stats/reset', { methods: ['POST'], respond: resetStats }],
]);

/** Whether the request waits for the latency. */
export function isChat(head: RequestHead): boolean {
  return head.path === CHAT_PATH && head.method === 'POST';
}

/** The response to any other request, whatever its body. */
export function plainResponse(head: RequestHead, context: RouteContext): PlainResponse | Promise<PlainResponse> {
  if (head.path === CHAT_PATH) return methodNotAllowed(CHAT_PATH, ['POST']);
  if (head.path === METRICS_PATH && context.opener && READING.includes(head.method)) return readMetrics(context);
  const route = ROUTES.get(head.path);
  if (!route) return errorResponse(404, `there is nothing at ${head.path}`);
  return route.methods.includes(head.method) ? route.respond(context) : methodNotAllowed(head.path, route.methods);
}

function methodNotAllowed(path: string, allow: readonly string[]): PlainResponse {
  return { ...errorResponse(405, `${path} takes ${allow.join(' and ')} only`), allow };
}

async function readStats({ source, latencyText }: RouteContext): Promise<PlainResponse> {
  return { status: 200, body: JSON.stringify(mergeStats(await source.collect(), latencyText)) };
}

async function resetStats({ source }: RouteContext): Promise<PlainResponse> {
  await source.reset();
  return { status: 204, body: null };
}

/** Only where an opener counts them. */
async function readMetrics({ source }: RouteContext): Promise<PlainResponse> {
  const parts = (await source.collect()).flatMap(({ metrics }): MetricsPart[] => (metrics ? [metrics] : []));
  return { status: 200, body: renderMetrics(parts), contentType: 'text/plain; version=0.0.4; charset=utf-8' };
}

const HEALTH_BODY = '{"status":"ok"}';

/** @param created Unix seconds */
export function modelsBody(models: readonly string[], created: number): string {
  return JSON.stringify({
    object: 'list',
    data: models.map((id) => ({ id, object: 'model', created, owned_by: 'mock' })),
  });
}
