import { ExpectedError } from '../../lib/errors.js';
import { isObject } from '../../lib/json-value.js';
import type { RequestSpec } from '../../model/gateway.js';
import type { ReplayedRequest } from '../../model/replay.js';
import type { Dialect, Message } from '../../model/request.js';
import { type Asked, promptTokensOf } from './expected-answer.js';
import { promptText } from './prompt-text.js';
import { requestBody } from './request-body.js';

/** A request as it is sent, and what decides on its answer. */
export interface BuiltRequest {
  body: string;
  asked: Asked;
}

interface ReplayOptions {
  dialect: Dialect;
  stream: boolean;
  /** For conversations, whose lines don't say it. */
  maxTokens: number | undefined;
  /** Of prompts of which only the length was recorded. */
  seed: number;
}

/**
 * A request of a file as this run sends it: with the gateway's name of the model, and streamed where the scenario is.
 * @throws ExpectedError for a body in another dialect than the scenario's
 */
export function replayedRequest(
  replayed: ReplayedRequest,
  index: number,
  { model }: RequestSpec,
  { dialect, stream, maxTokens, seed }: ReplayOptions,
): BuiltRequest {
  const written = (messages: Message[], most: number | undefined): BuiltRequest => {
    const ask = { model, messages, images: [], maxTokens: most, tools: [], toolChoice: undefined, stream };
    const inputTokens = promptTokensOf(messages.map(({ content }) => content));
    return { body: requestBody(ask, dialect), asked: { model, maxTokens: most, call: undefined, inputTokens } };
  };
  if (replayed.kind === 'conversation') return written(replayed.messages, maxTokens);
  if (replayed.kind === 'lengths') {
    const { inputTokens, outputTokens } = replayed;
    return written([{ role: 'user', content: promptText(inputTokens, seed + index) }], outputTokens);
  }
  if (replayed.dialect !== dialect) {
    throw new ExpectedError(
      `request ${index + 1} of the replayed file is one of ${replayed.dialect}, and the scenario's dialect is ${dialect}`,
      `say \`dialect: ${replayed.dialect}\` in the scenario's request`,
    );
  }
  const { stream: _, ...rest } = replayed.body;
  const body = JSON.stringify({ ...rest, model, ...(stream ? { stream: true } : {}) });
  return { body, asked: askedBy(replayed.body, model) };
}

/** What a body in any dialect says of its answer. What isn't understood here makes any text right. */
function askedBy(body: Record<string, unknown>, model: string): Asked {
  const limits = [body.max_completion_tokens, body.max_tokens, body.max_output_tokens];
  const maxTokens = limits.find((limit) => typeof limit === 'number');
  const call = calledTool(body);
  const format = body.response_format ?? body.text ?? body.output_config ?? body.output_format;
  return { model, maxTokens, call: call ?? undefined, inputTokens: null, otherText: format !== undefined };
}

/** The upstream calls the first of the tools, unless it may not, or has their result already. */
function calledTool({ tools, tool_choice: choice, messages, input }: Record<string, unknown>): string | null {
  if (!Array.isArray(tools) || tools.length === 0) return null;
  const turns = Array.isArray(messages) ? messages : Array.isArray(input) ? input : [];
  if (choice === 'none' || (isObject(choice) && choice.type === 'none') || isResult(turns.at(-1))) return null;
  const chosen = isObject(choice) ? (nameOf(choice.function) ?? nameOf(choice)) : null;
  return chosen ?? nameOf(tools[0]) ?? (isObject(tools[0]) ? nameOf(tools[0].function) : null);
}

/** A message with the result of a tool, in any dialect. */
function isResult(message: unknown): boolean {
  if (!isObject(message)) return false;
  const { role, type, content } = message;
  if (role === 'tool' || role === 'function' || type === 'function_call_output') return true;
  return Array.isArray(content) && content.some((part) => isObject(part) && part.type === 'tool_result');
}

function nameOf(value: unknown): string | null {
  return isObject(value) && typeof value.name === 'string' ? value.name : null;
}
