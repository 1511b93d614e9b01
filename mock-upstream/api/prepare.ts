import { type DelaySource, newDelaySource } from '../../common/delay-source.js';
import type { Fault } from '../../common/fault.js';
import { newCountSource } from '../../common/token-counts.js';
import { frameCount } from '../answers/answer.js';
import { composeAnswer } from '../answers/compose.js';
import type { EndpointAnswer, ErrorForm, JsonObject } from '../dialects/endpoint.js';
import { asObject } from '../dialects/endpoint.js';
import { errorJson } from '../dialects/errors.js';
import { NOT_AN_OBJECT } from '../dialects/published-chat.js';
import { keyOf, maskedKey } from '../limits/keys.js';
import { anthropicLimitFields, openAiLimitFields } from '../limits/rate-limit.js';
import type { RequestFields } from '../request-head.js';
import type { ApiContext } from './api-context.js';
import { ApiError } from './api-error.js';
import { type Overrides, readOverrides } from './overrides.js';
import type { Reply } from './reply.js';
import type { Route } from './route-table.js';

/** A request, up to its answer. */
export interface Incoming {
  route: Route;
  fields: RequestFields;
  /** '' for a GET. */
  body: string;
  requestId: string;
  /** Headers that each response has. */
  commonFields: string;
  nowMs: number;
}

/** The answer, and when it is to be sent. */
export interface Prepared {
  reply: Reply;
  fault: Fault | null;
  delayMs: number;
  /** Draws the pauses of a stream. */
  gap: DelaySource;
  model: string;
  promptTokens: number;
  completionTokens: number;
}

/**
 * Check a request, and make its answer: while the client waits anyway, so that it delays nothing.
 * @throws ApiError
 */
export function prepare(incoming: Incoming, context: ApiContext): Prepared {
  const { route, fields } = incoming;
  const { endpoint } = route;
  const query = new URLSearchParams(fields.query);
  const parameter = (name: string): string | null => query.get(name);
  const key = keyOf(fields.headers, parameter);
  checkKey(key, endpoint.form, context);
  const overrides = readOverrides(context.api.contract === 'full' ? fields.headers : NO_HEADERS);
  const { models, createdS } = context;
  const answer = endpoint.respond({
    body: endpoint.method === 'GET' ? {} : parseBody(incoming.body),
    model: route.model,
    parameter,
    models,
    createdS: endpoint.inference ? context.answers.nowS() : createdS,
  });
  const promptTokens =
    answer.kind === 'generate' ? answer.ask.promptTokens : answer.kind === 'json' ? answer.promptTokens : 0;
  const limitFields = endpoint.inference ? takeFromLimit(key, promptTokens, incoming, context) : '';
  const made = makeReply(answer, incoming.commonFields + limitFields, overrides, context);
  const gap = drawing(overrides.gap, context) ?? context.gap;
  return {
    reply: made.reply,
    fault: endpoint.inference ? chooseFault(overrides, incoming.nowMs, context) : null,
    delayMs: endpoint.inference ? drawDelay(made.frames, gap, overrides, context) : 0,
    gap,
    model: made.model,
    promptTokens,
    completionTokens: made.completionTokens,
  };
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

function checkKey(key: string | null, form: ErrorForm, { keys, refusedKeys }: ApiContext): void {
  const isRefused = key !== null && refusedKeys?.has(key) === true;
  if (!isRefused && (!keys || (key !== null && keys.has(key)))) return;
  const message = key === null ? "You didn't provide an API key." : `Incorrect API key provided: ${maskedKey(key)}.`;
  // Gemini's own answer to a wrong key.
  if (form === 'gemini' && key !== null) throw new ApiError(400, 'API key not valid. Please pass a valid API key.');
  throw new ApiError(form === 'gemini' ? 403 : 401, message);
}

function parseBody(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw NOT_AN_OBJECT;
  }
  const body = asObject(parsed);
  if (!body) throw NOT_AN_OBJECT;
  return body;
}

/** @returns the headers that say how much is left @throws ApiError where nothing is */
function takeFromLimit(key: string | null, tokens: number, incoming: Incoming, { rateLimit }: ApiContext): string {
  if (!rateLimit) return '';
  const state = rateLimit.take(key ?? '', tokens, incoming.nowMs);
  const { form } = incoming.route.endpoint;
  const fields = form === 'anthropic' ? anthropicLimitFields(state, Date.now()) : openAiLimitFields(state);
  if (state.retryAfterMs === null) return fields;
  throw new ApiError(429, 'Rate limit reached: try again later.', { retryAfterMs: state.retryAfterMs, fields });
}

interface Made {
  reply: Reply;
  /** Tokens that the model would write one after the other. */
  frames: { count: number; stream: boolean };
  model: string;
  completionTokens: number;
}

function makeReply(answer: EndpointAnswer, fields: string, overrides: Overrides, context: ApiContext): Made {
  switch (answer.kind) {
    case 'json': {
      const reply: Reply = { kind: 'whole', status: 200, body: JSON.stringify(answer.body), fields };
      return { reply, frames: { count: 1, stream: false }, model: '', completionTokens: 0 };
    }
    case 'fixed': {
      const reply: Reply = { kind: 'whole', status: 200, body: answer.body, fields };
      return { reply, frames: { count: PUBLISHED_FRAMES, stream: false }, model: answer.model, completionTokens: 0 };
    }
    case 'fixed-stream': {
      const reply: Reply = {
        kind: 'stream',
        contentType: EVENT_STREAM,
        fields,
        frames: answer.frames,
        pauseBeforeEnd: true,
      };
      return { reply, frames: { count: PUBLISHED_FRAMES, stream: true }, model: answer.model, completionTokens: 0 };
    }
    case 'generate':
      return generate(answer, fields, overrides, context);
  }
}

const EVENT_STREAM = 'text/event-stream';
const PUBLISHED_FRAMES = 6;

function generate(
  { ask, writer }: EndpointAnswer & { kind: 'generate' },
  fields: string,
  overrides: Overrides,
  { answers, overrideRandom }: ApiContext,
): Made {
  const counts = overrides.outputTokens && newCountSource(overrides.outputTokens, overrideRandom);
  const composed = composeAnswer(ask, {
    ...answers,
    // Either of them replaces both: a count asked for is none of a given text.
    outputTokens: counts ?? (overrides.text === null ? answers.outputTokens : null),
    text: overrides.text ?? (counts ? null : answers.text),
  });
  const reply: Reply = ask.stream
    ? {
        kind: 'stream',
        contentType: writer.streamType ?? EVENT_STREAM,
        fields,
        frames: writer.frames(composed),
        pauseBeforeEnd: false,
      }
    : { kind: 'whole', status: 200, body: writer.body(composed), fields };
  return {
    reply,
    frames: { count: frameCount(composed), stream: ask.stream },
    model: ask.model,
    completionTokens: composed.completionTokens,
  };
}

function chooseFault({ fault }: Overrides, nowMs: number, { api, faults, stats }: ApiContext): Fault | null {
  // It is drawn in any case: what one request asks for changes nothing for the others.
  const drawn = api.faultsFromReset && !stats.wasReset ? null : (faults?.next(nowMs, stats.resetMs) ?? null);
  return fault === 'none' ? null : (fault ?? drawn);
}

/** An answer that comes whole takes as long as its stream would, once the pace of tokens is set. */
function drawDelay(
  { count, stream }: Made['frames'],
  gap: DelaySource,
  overrides: Overrides,
  context: ApiContext,
): number {
  const { api, latency, ttft } = context;
  const ofRequest = drawing(overrides.ttft, context) ?? drawing(overrides.latency, context);
  const paced = api.ttft !== null || api.gap !== null || overrides.ttft !== null || overrides.gap !== null;
  if (!stream && (!paced || overrides.latency !== null)) {
    return (drawing(overrides.latency, context) ?? latency)();
  }
  let delayMs = (ofRequest ?? ttft ?? latency)();
  if (!stream) for (let frame = 1; frame < count; frame++) delayMs += gap();
  return delayMs;
}

function drawing(model: Overrides['latency'], { overrideRandom }: ApiContext): DelaySource | null {
  return model && newDelaySource(model, overrideRandom);
}

/** An error as a reply, in the form of its dialect. */
export function errorReply(error: ApiError, form: ErrorForm, requestId: string, commonFields: string): Reply {
  const { retryAfterMs, fields = '' } = error.details;
  const retryFields =
    retryAfterMs === undefined
      ? ''
      : `Retry-After: ${Math.ceil(retryAfterMs / 1000)}\r\nretry-after-ms: ${Math.ceil(retryAfterMs)}\r\n`;
  return {
    kind: 'whole',
    status: error.status,
    body: errorJson(form, error, requestId),
    fields: retryFields + fields + commonFields,
  };
}
