import { countTokens } from '../../common/tokens.js';
import type { Answer, Choice } from '../answers/answer.js';
import { tokenCount } from '../answers/answer.js';
import { ApiError } from '../api/api-error.js';
import { asObject, type Endpoint, type JsonObject, missing, modelOf, sse, wholeNumber } from './endpoint.js';
import { MAX_CHOICES } from './openai-request.js';

/** OpenAI's own. */
const DEFAULT_MAX_TOKENS = 16;

/** `POST /v1/completions`, the calls from before chats. */
export const COMPLETIONS: Endpoint = {
  name: 'completions',
  form: 'openai',
  method: 'POST',
  inference: true,
  respond(request) {
    const { body } = request;
    const prompts = readPrompts(body.prompt);
    const includeUsage = asObject(body.stream_options)?.include_usage === true;
    return {
      kind: 'generate',
      ask: {
        model: modelOf(request),
        stream: body.stream === true,
        promptTokens: prompts.reduce((sum, { tokens }) => sum + tokens, 0),
        maxTokens: wholeNumber(body, 'max_tokens', 0, Number.MAX_SAFE_INTEGER) ?? DEFAULT_MAX_TOKENS,
        choices: prompts.length * (wholeNumber(body, 'n', 1, MAX_CHOICES) ?? 1),
        content: { kind: 'text' },
      },
      writer: { body: writeBody, frames: (answer) => writeFrames(answer, includeUsage) },
    };
  },
};

const MAX_PROMPTS = 2048;

/** A text, an array of texts, an array of tokens, or an array of arrays of tokens. */
export function readPrompts(prompt: unknown, param = 'prompt'): { text: string; tokens: number }[] {
  if (prompt === undefined || prompt === null) throw missing(param);
  const list: unknown[] = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt : [prompt];
  if (list.length === 0 || list.length > MAX_PROMPTS) {
    throw new ApiError(400, `'${param}' has from 1 to ${MAX_PROMPTS} items`, { param });
  }
  return list.map((item) => {
    if (typeof item === 'string') return { text: item, tokens: countTokens(item) };
    if (Array.isArray(item) && item.every((token) => typeof token === 'number')) {
      return { text: item.join(' '), tokens: item.length };
    }
    throw new ApiError(400, `'${param}' is a text, an array of texts, or an array of tokens`, { param });
  });
}

function writeBody(answer: Answer): string {
  return JSON.stringify({
    ...common(answer),
    choices: answer.choices.map((choice, index) => ({
      text: textOf(choice),
      index,
      logprobs: null,
      finish_reason: choice.finish,
    })),
    usage: usageOf(answer),
  });
}

function common({ id, createdS, model }: Answer): JsonObject {
  return { id: `cmpl-${id}`, object: 'text_completion', created: createdS, model };
}

function textOf(choice: Choice): string {
  return choice.kind === 'text' ? choice.tokens.join('') : '';
}

function usageOf({ promptTokens, completionTokens }: Answer): JsonObject {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function* writeFrames(answer: Answer, includeUsage: boolean): Generator<string, string> {
  const { choices } = answer;
  const chunk = (text: string, index: number, reason: string | null): string =>
    sse({ ...common(answer), choices: [{ text, index, logprobs: null, finish_reason: reason }] });
  const longest = Math.max(0, ...choices.map(tokenCount));
  for (let at = 0; at < longest; at++) {
    yield choices
      .map((choice, index) =>
        choice.kind === 'text' && at < choice.tokens.length ? chunk(choice.tokens[at] ?? '', index, null) : '',
      )
      .join('');
  }
  const ends = choices.map((choice, index) => chunk('', index, choice.finish)).join('');
  const usage = includeUsage ? sse({ ...common(answer), choices: [], usage: usageOf(answer) }) : '';
  return `${ends}${usage}data: [DONE]\n\n`;
}
