import { countTokens } from '../../common/tokens.js';
import type { Answer } from '../answers/answer.js';
import type { Tool } from '../answers/tools.js';
import {
  asObject,
  asObjects,
  asText,
  type Endpoint,
  type JsonObject,
  missing,
  modelOf,
  wholeNumber,
} from './endpoint.js';
import { contentAsked, contentTokens, definitionTokens, jsonAsked } from './openai-request.js';
import { type ItemStatus, outputItems } from './responses-items.js';
import { responsesFrames } from './responses-stream.js';

/** `POST /v1/responses`. Responses aren't stored, so none can be retrieved. */
export const RESPONSES: Endpoint = {
  name: 'responses',
  form: 'openai',
  method: 'POST',
  inference: true,
  respond(request) {
    const { body } = request;
    const { input } = body;
    if (input === undefined || input === null || input === '') throw missing('input');
    const items = asObjects(input);
    const text = asObject(body.text);
    return {
      kind: 'generate',
      ask: {
        model: modelOf(request),
        stream: body.stream === true,
        promptTokens:
          (typeof input === 'string' ? countTokens(input) : items.reduce((sum, item) => sum + itemTokens(item), 0)) +
          contentTokens(body.instructions) +
          definitionTokens(body.tools),
        maxTokens: wholeNumber(body, 'max_output_tokens', 1, Number.MAX_SAFE_INTEGER),
        choices: 1,
        content: contentAsked(
          readTools(body.tools),
          body.tool_choice,
          items.at(-1)?.type === 'function_call_output',
          jsonAsked(text?.format),
        ),
      },
      writer: {
        body: (answer) => JSON.stringify(finishedResponse(body, answer)),
        frames: (answer) =>
          responsesFrames(answer, responseOf(body, answer, 'in_progress', []), finishedResponse(body, answer)),
      },
    };
  },
};

function readTools(tools: unknown): Tool[] {
  return asObjects(tools).flatMap((tool) => {
    const name = asText(tool.name);
    return tool.type === 'function' && name !== null ? [{ name, parameters: tool.parameters }] : [];
  });
}

function itemTokens(item: JsonObject): number {
  return contentTokens(item.content ?? item.output ?? item.arguments);
}

function finishedResponse(body: JsonObject, answer: Answer): JsonObject {
  const [choice] = answer.choices;
  const status = choice?.finish === 'length' ? 'incomplete' : 'completed';
  return responseOf(body, answer, status, choice ? outputItems(answer, choice, status) : []);
}

function responseOf(body: JsonObject, answer: Answer, status: ItemStatus, output: readonly JsonObject[]): JsonObject {
  const { id, createdS, model, promptTokens, completionTokens } = answer;
  const usage = {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  };
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdS,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: false,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? 'disabled',
    usage: status === 'in_progress' ? null : usage,
    user: body.user ?? null,
  };
}
