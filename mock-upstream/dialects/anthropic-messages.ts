import { countTokens, IMAGE_TOKENS } from '../../common/tokens.js';
import type { Answer, AnswerWriter, Choice, ContentAsked } from '../answers/answer.js';
import { tokenCount } from '../answers/answer.js';
import { type Tool, type ToolChoice, toolsToCall } from '../answers/tools.js';
import { ApiError } from '../api/api-error.js';
import {
  asObject,
  asObjects,
  asText,
  type Endpoint,
  type EndpointRequest,
  type JsonObject,
  modelOf,
  sse,
  wholeNumber,
} from './endpoint.js';
import { definitionTokens } from './openai-request.js';

/** `POST /v1/messages` */
export const MESSAGES: Endpoint = {
  name: 'messages',
  form: 'anthropic',
  method: 'POST',
  inference: true,
  respond(request) {
    const { body } = request;
    const promptTokens = countPrompt(request);
    const maxTokens = wholeNumber(body, 'max_tokens', 1, Number.MAX_SAFE_INTEGER);
    if (maxTokens === null) throw new ApiError(400, 'max_tokens: Field required');
    return {
      kind: 'generate',
      ask: {
        model: modelOf(request),
        stream: body.stream === true,
        promptTokens,
        maxTokens,
        choices: 1,
        content: contentOf(body),
      },
      writer: WRITER,
    };
  },
};

/** `POST /v1/messages/count_tokens` */
export const COUNT_TOKENS: Endpoint = {
  name: 'count_tokens',
  form: 'anthropic',
  method: 'POST',
  inference: false,
  respond: (request) => ({ kind: 'json', body: { input_tokens: countPrompt(request) }, promptTokens: 0 }),
};

function countPrompt({ body }: EndpointRequest): number {
  const messages = asObjects(body.messages);
  if (messages.length === 0) throw new ApiError(400, 'messages: at least one message is required');
  return messages.reduce(
    (sum, message) => sum + blockTokens(message.content),
    blockTokens(body.system) + definitionTokens(body.tools),
  );
}

/** A text, or blocks of texts, images, calls of tools and their results. */
function blockTokens(content: unknown): number {
  if (typeof content === 'string') return countTokens(content);
  return asObjects(content).reduce((sum, block) => {
    if (typeof block.text === 'string') return sum + countTokens(block.text);
    if (block.type === 'tool_result') return sum + blockTokens(block.content);
    return sum + (block.type === 'tool_use' ? countTokens(JSON.stringify(block.input ?? {})) : IMAGE_TOKENS);
  }, 0);
}

function contentOf(body: JsonObject): ContentAsked {
  const last = asObjects(body.messages).at(-1);
  const hasResult = asObjects(last?.content).some((block) => block.type === 'tool_result');
  const tools = asObjects(body.tools).flatMap((tool): Tool[] => {
    const name = asText(tool.name);
    return name === null ? [] : [{ name, parameters: tool.input_schema }];
  });
  const called = toolsToCall(tools, readChoice(body.tool_choice), hasResult);
  if (called) return { kind: 'calls', tools: called };
  const format = asObject(asObject(body.output_config)?.format) ?? asObject(body.output_format);
  return format?.type === 'json_schema' ? { kind: 'json', schema: format.schema ?? null } : { kind: 'text' };
}

function readChoice(choice: unknown): ToolChoice {
  const object = asObject(choice);
  switch (object?.type) {
    case undefined:
    case 'auto':
      return 'auto';
    case 'none':
      return 'none';
    case 'any':
      return 'required';
    case 'tool':
      return { name: asText(object.name) ?? '' };
    default:
      throw new ApiError(400, 'tool_choice.type: it is auto, any, tool or none');
  }
}

const WRITER: AnswerWriter = { body: writeBody, frames: writeFrames };

function messageOf({ id, model, promptTokens }: Answer): JsonObject {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: promptTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
      service_tier: 'standard',
    },
  };
}

function stopReason(choice: Choice | undefined): string {
  if (choice?.finish === 'length') return 'max_tokens';
  return choice?.kind === 'calls' ? 'tool_use' : 'end_turn';
}

function writeBody(answer: Answer): string {
  const [choice] = answer.choices;
  const message = messageOf(answer);
  return JSON.stringify({
    ...message,
    content: choice ? blocksOf(choice) : [],
    stop_reason: stopReason(choice),
    usage: { ...asObject(message.usage), output_tokens: answer.completionTokens },
  });
}

function blocksOf(choice: Choice): JsonObject[] {
  if (choice.kind === 'text') return [{ type: 'text', text: choice.tokens.join(''), citations: null }];
  return choice.calls.map(({ id, name, pieces }) => ({
    type: 'tool_use',
    id: `toolu_${id}`,
    name,
    input: parsedOrEmpty(pieces.join('')),
  }));
}

/** Arguments that the limit of tokens has cut are no JSON. */
function parsedOrEmpty(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}

/** Its name is in each event twice, as Anthropic's is. */
function event(type: string, fields: JsonObject): string {
  return sse({ type, ...fields }, type);
}

/** https://docs.claude.com/en/docs/build-with-claude/streaming */
function* writeFrames(answer: Answer): Generator<string, string> {
  const [choice] = answer.choices;
  let opening = event('message_start', { message: messageOf(answer) });
  let ping = event('ping', {});
  for (const block of choice ? streamedBlocks(choice) : []) {
    opening += event('content_block_start', { index: block.index, content_block: block.start }) + ping;
    ping = '';
    for (const [at, delta] of block.deltas.entries()) {
      const end = at === block.deltas.length - 1 ? event('content_block_stop', { index: block.index }) : '';
      yield opening + event('content_block_delta', { index: block.index, delta }) + end;
      opening = '';
    }
  }
  return (
    opening +
    event('message_delta', {
      delta: { stop_reason: stopReason(choice), stop_sequence: null },
      usage: { output_tokens: answer.completionTokens },
    }) +
    event('message_stop', {})
  );
}

interface StreamedBlock {
  index: number;
  start: JsonObject;
  deltas: readonly JsonObject[];
}

/** Blocks with nothing in them are left out. */
function streamedBlocks(choice: Choice): StreamedBlock[] {
  if (tokenCount(choice) === 0) return [];
  if (choice.kind === 'text') {
    const deltas = choice.tokens.map((text) => ({ type: 'text_delta', text }));
    return [{ index: 0, start: { type: 'text', text: '' }, deltas }];
  }
  return choice.calls
    .filter(({ pieces }) => pieces.length > 0)
    .map(({ id, name, pieces }, index) => ({
      index,
      start: { type: 'tool_use', id: `toolu_${id}`, name, input: {} },
      deltas: pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    }));
}
