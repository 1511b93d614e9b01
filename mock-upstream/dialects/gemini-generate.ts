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
  type EndpointAnswer,
  type EndpointRequest,
  type JsonObject,
  modelOf,
  wholeNumber,
} from './endpoint.js';
import { definitionTokens } from './openai-request.js';

/** Gemini's own. */
const MAX_CANDIDATES = 8;

/** `POST /v1beta/models/{model}:generateContent` */
export const GENERATE_CONTENT: Endpoint = {
  name: 'generateContent',
  form: 'gemini',
  method: 'POST',
  inference: true,
  respond: (request) => generate(request, false),
};

/** `POST /v1beta/models/{model}:streamGenerateContent`: events with `alt=sse`, else the pieces of a JSON array. */
export const STREAM_GENERATE_CONTENT: Endpoint = { ...GENERATE_CONTENT, respond: (request) => generate(request, true) };

/** `POST /v1beta/models/{model}:countTokens` */
export const GEMINI_COUNT_TOKENS: Endpoint = {
  name: 'countTokens',
  form: 'gemini',
  method: 'POST',
  inference: false,
  respond({ body }) {
    const totalTokens = countPrompt(asObject(body.generateContentRequest) ?? body);
    return { kind: 'json', body: { totalTokens }, promptTokens: 0 };
  },
};

function generate(request: EndpointRequest, stream: boolean): EndpointAnswer {
  const { body } = request;
  const config = asObject(fieldOf(body, 'generationConfig')) ?? {};
  return {
    kind: 'generate',
    ask: {
      model: modelOf(request),
      stream,
      promptTokens: countPrompt(body),
      maxTokens: wholeNumber(
        { maxOutputTokens: fieldOf(config, 'maxOutputTokens') },
        'maxOutputTokens',
        1,
        Number.MAX_SAFE_INTEGER,
      ),
      choices:
        wholeNumber({ candidateCount: fieldOf(config, 'candidateCount') }, 'candidateCount', 1, MAX_CANDIDATES) ?? 1,
      content: contentOf(body, config),
    },
    writer: request.parameter('alt') === 'sse' ? EVENTS : ARRAY,
  };
}

/** A field in either spelling: Google reads `maxOutputTokens` and `max_output_tokens`. */
function fieldOf(object: JsonObject, name: string): unknown {
  return object[name] ?? object[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function countPrompt(body: JsonObject): number {
  const contents = asObjects(body.contents);
  if (contents.length === 0) throw new ApiError(400, '* GenerateContentRequest.contents: contents is not specified');
  return [...contents, asObject(fieldOf(body, 'systemInstruction')) ?? {}].reduce(
    (sum, content) => sum + asObjects(content.parts).reduce((ofParts, part) => ofParts + partTokens(part), 0),
    definitionTokens(body.tools),
  );
}

function partTokens(part: JsonObject): number {
  if (typeof part.text === 'string') return countTokens(part.text);
  const json = fieldOf(part, 'functionCall') ?? fieldOf(part, 'functionResponse');
  return json === undefined ? IMAGE_TOKENS : countTokens(JSON.stringify(json));
}

function contentOf(body: JsonObject, config: JsonObject): ContentAsked {
  const calling = asObject(fieldOf(asObject(fieldOf(body, 'toolConfig')) ?? {}, 'functionCallingConfig')) ?? {};
  const allowed = fieldOf(calling, 'allowedFunctionNames');
  const tools = asObjects(body.tools)
    .flatMap((tool) => asObjects(fieldOf(tool, 'functionDeclarations')))
    .flatMap((declaration): Tool[] => {
      const name = asText(declaration.name);
      const parameters = fieldOf(declaration, 'parametersJsonSchema') ?? declaration.parameters;
      return name === null || (Array.isArray(allowed) && !allowed.includes(name)) ? [] : [{ name, parameters }];
    });
  const lastParts = asObjects(asObjects(body.contents).at(-1)?.parts);
  const hasResult = lastParts.some((part) => fieldOf(part, 'functionResponse') !== undefined);
  const called = toolsToCall(tools, MODES[String(calling.mode)] ?? 'auto', hasResult);
  if (called) return { kind: 'calls', tools: called };
  if (fieldOf(config, 'responseMimeType') !== 'application/json') return { kind: 'text' };
  return { kind: 'json', schema: fieldOf(config, 'responseJsonSchema') ?? fieldOf(config, 'responseSchema') ?? null };
}

const MODES: Readonly<Record<string, ToolChoice>> = { NONE: 'none', ANY: 'required', VALIDATED: 'auto' };

function writeBody(answer: Answer): string {
  const candidates = answer.choices.map((choice, index) => candidateOf(partsOf(choice), index, finishReason(choice)));
  return JSON.stringify(responseOf(answer, candidates, answer.completionTokens));
}

function responseOf(answer: Answer, candidates: readonly JsonObject[], candidatesTokenCount: number): JsonObject {
  const { id, model, promptTokens } = answer;
  return {
    candidates,
    usageMetadata: {
      promptTokenCount: promptTokens,
      candidatesTokenCount,
      totalTokenCount: promptTokens + candidatesTokenCount,
    },
    modelVersion: model,
    responseId: id,
  };
}

function candidateOf(parts: readonly JsonObject[], index: number, reason: string | null): JsonObject {
  return { content: { parts, role: 'model' }, ...(reason === null ? {} : { finishReason: reason }), index };
}

function finishReason({ finish }: Choice): string {
  return finish === 'length' ? 'MAX_TOKENS' : 'STOP';
}

function partsOf(choice: Choice): JsonObject[] {
  if (choice.kind === 'text') return [{ text: choice.tokens.join('') }];
  return choice.finish === 'length' ? [] : choice.calls.map(callPart);
}

function callPart({ name, pieces }: { name: string; pieces: readonly string[] }): JsonObject {
  return { functionCall: { name, args: JSON.parse(pieces.join('')) as unknown } };
}

/** A response for each token; calls come whole, with the last one. The last response says why it ended. */
function* responsesOf(answer: Answer): Generator<JsonObject> {
  const longest = Math.max(1, ...answer.choices.map((choice) => (choice.kind === 'text' ? tokenCount(choice) : 1)));
  for (let at = 0; at < longest; at++) {
    const candidates = answer.choices.flatMap((choice, index) => {
      const count = choice.kind === 'text' ? Math.max(1, choice.tokens.length) : 1;
      if (at >= count) return [];
      const parts = choice.kind === 'text' ? [{ text: choice.tokens[at] ?? '' }] : partsOf(choice);
      return [candidateOf(parts, index, at === count - 1 ? finishReason(choice) : null)];
    });
    const sent = at === longest - 1 ? answer.completionTokens : at + 1;
    yield responseOf(answer, candidates, sent);
  }
}

const EVENTS: AnswerWriter = {
  body: writeBody,
  *frames(answer) {
    for (const response of responsesOf(answer)) yield `data: ${JSON.stringify(response)}\r\n\r\n`;
    return '';
  },
};

const ARRAY: AnswerWriter = {
  body: writeBody,
  streamType: 'application/json; charset=UTF-8',
  *frames(answer) {
    let before = '[';
    for (const response of responsesOf(answer)) {
      yield before + JSON.stringify(response);
      before = ',\r\n';
    }
    return ']';
  },
};
