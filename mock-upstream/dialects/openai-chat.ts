import type { Answer, AnswerWriter, Choice, ToolCall } from '../answers/answer.js';
import { tokenCount } from '../answers/answer.js';
import type { Tool } from '../answers/tools.js';
import {
  asObject,
  asObjects,
  asText,
  type Endpoint,
  type JsonObject,
  missing,
  modelOf,
  sse,
  wholeNumber,
} from './endpoint.js';
import { contentAsked, contentTokens, definitionTokens, jsonAsked, MAX_CHOICES } from './openai-request.js';

const FINGERPRINT = 'fp_mock';

/** `POST /v1/chat/completions` */
export const CHAT: Endpoint = {
  name: 'chat',
  form: 'openai',
  method: 'POST',
  inference: true,
  respond(request) {
    const { body } = request;
    const messages = asObjects(body.messages);
    if (messages.length === 0) throw missing('messages');
    const hasResult = messages.at(-1)?.role === 'tool' || messages.at(-1)?.role === 'function';
    return {
      kind: 'generate',
      ask: {
        model: modelOf(request),
        stream: body.stream === true,
        promptTokens: messages.reduce(
          (sum, message) => sum + contentTokens(message.content),
          definitionTokens(body.tools),
        ),
        maxTokens:
          wholeNumber(body, 'max_completion_tokens', 1, Number.MAX_SAFE_INTEGER) ??
          wholeNumber(body, 'max_tokens', 1, Number.MAX_SAFE_INTEGER),
        choices: wholeNumber(body, 'n', 1, MAX_CHOICES) ?? 1,
        content: contentAsked(readTools(body.tools), body.tool_choice, hasResult, jsonAsked(body.response_format)),
      },
      writer: newWriter(asObject(body.stream_options)?.include_usage === true),
    };
  },
};

function readTools(tools: unknown): Tool[] {
  return asObjects(tools).flatMap((tool) => {
    const definition = asObject(tool.function);
    const name = asText(definition?.name);
    return tool.type === 'function' && definition && name !== null ? [{ name, parameters: definition.parameters }] : [];
  });
}

function newWriter(includeUsage: boolean): AnswerWriter {
  return { body: writeBody, frames: (answer) => writeFrames(answer, includeUsage) };
}

function writeBody(answer: Answer): string {
  const { id, createdS, model, choices } = answer;
  return JSON.stringify({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: createdS,
    model,
    choices: choices.map((choice, index) => ({
      index,
      message: messageOf(choice),
      logprobs: null,
      finish_reason: finishReason(choice),
    })),
    usage: usageOf(answer),
    system_fingerprint: FINGERPRINT,
  });
}

function messageOf(choice: Choice): JsonObject {
  if (choice.kind === 'text') return { role: 'assistant', content: choice.tokens.join(''), refusal: null };
  const toolCalls = choice.calls.map(({ id, name, pieces }) => ({
    id: `call_${id}`,
    type: 'function',
    function: { name, arguments: pieces.join('') },
  }));
  return { role: 'assistant', content: null, refusal: null, tool_calls: toolCalls };
}

function finishReason(choice: Choice): string {
  return choice.kind === 'calls' && choice.finish === 'stop' ? 'tool_calls' : choice.finish;
}

function usageOf({ promptTokens, completionTokens }: Answer): JsonObject {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

function* writeFrames(answer: Answer, includeUsage: boolean): Generator<string, string> {
  const { id, createdS, model, choices } = answer;
  const chunk = (chunkChoices: readonly JsonObject[], usage: JsonObject | null): string =>
    sse({
      id: `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: createdS,
      model,
      system_fingerprint: FINGERPRINT,
      choices: chunkChoices,
      ...(includeUsage ? { usage } : {}),
    });
  const choiceChunk = (index: number, delta: JsonObject, reason: string | null = null): string =>
    chunk([{ index, delta, logprobs: null, finish_reason: reason }], null);

  const deltas = choices.map(deltasOf);
  const longest = Math.max(0, ...choices.map(tokenCount));
  for (let at = 0; at < longest; at++) {
    yield deltas
      .map((ofChoice, index) => (ofChoice.next().value ?? []).map((delta) => choiceChunk(index, delta)).join(''))
      .join('');
  }
  const ends = choices.map((choice, index) => choiceChunk(index, {}, finishReason(choice))).join('');
  return `${ends}${includeUsage ? chunk([], usageOf(answer)) : ''}data: [DONE]\n\n`;
}

/** The deltas of one choice, those of a token together. The first one has the role. */
function* deltasOf(choice: Choice): Generator<JsonObject[], undefined> {
  if (choice.kind === 'text') {
    for (const [at, content] of choice.tokens.entries()) {
      yield [at === 0 ? { role: 'assistant', content, refusal: null } : { content }];
    }
    return;
  }
  for (const [index, call] of choice.calls.entries()) {
    const role = index === 0 ? { role: 'assistant', content: null } : {};
    for (const [at, piece] of call.pieces.entries()) {
      const more = { tool_calls: [{ index, function: { arguments: piece } }] };
      yield at === 0 ? [{ ...role, tool_calls: [openingOf(index, call)] }, more] : [more];
    }
  }
}

function openingOf(index: number, { id, name }: ToolCall): JsonObject {
  return { index, id: `call_${id}`, type: 'function', function: { name, arguments: '' } };
}
