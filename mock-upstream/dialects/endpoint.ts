import type { AnswerWriter, Ask } from '../answers/answer.js';
import { ApiError } from '../api/api-error.js';
import { DEFAULT_MODEL } from '../chat-request.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whose form errors have. */
export type ErrorForm = 'openai' | 'anthropic' | 'gemini';

/** A request to an endpoint, as far as its HTTP is understood. */
export interface EndpointRequest {
  /** Empty for a GET. */
  body: JsonObject;
  /** The model that the path names; null where it names none. */
  model: string | null;
  /** Of the query; null where it isn't there. */
  parameter(name: string): string | null;
  /** What the mock lists. */
  models: readonly string[];
  createdS: number;
}

export type EndpointAnswer =
  /** The model answers, at once or as a stream. */
  | { kind: 'generate'; ask: Ask; writer: AnswerWriter }
  | { kind: 'json'; body: unknown; promptTokens: number }
  /** Bytes that are settled: the published contract's. */
  | { kind: 'fixed'; model: string; body: string }
  | { kind: 'fixed-stream'; model: string; frames: Generator<string, string> };

/** One call of one dialect. */
export interface Endpoint {
  /** In metrics and logs: `chat`, `messages`. */
  name: string;
  form: ErrorForm;
  method: 'GET' | 'POST';
  /** It is work for a model: it waits for the latency, takes part in limits, and can fail. */
  inference: boolean;
  /** @throws ApiError */
  respond(request: EndpointRequest): EndpointAnswer;
}

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

export function asObjects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.flatMap((item: unknown): JsonObject[] => toList(asObject(item))) : [];
}

function toList(object: JsonObject | null): JsonObject[] {
  return object ? [object] : [];
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function modelOf({ body, model }: EndpointRequest): string {
  return asText(body.model) ?? model ?? DEFAULT_MODEL;
}

/** @returns null where the field is absent. @throws ApiError where it is something else than a whole number in bounds */
export function wholeNumber(body: JsonObject, name: string, least: number, most: number): number | null {
  const value = body[name] ?? null;
  if (value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new ApiError(400, `'${name}' must be a whole number ${bounds}`, { param: name, code: 'invalid_value' });
}

export function missing(name: string): ApiError {
  return new ApiError(400, `Missing required parameter: '${name}'.`, {
    param: name,
    code: 'missing_required_parameter',
  });
}

/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}
