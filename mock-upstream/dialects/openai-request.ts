import { countTokens, IMAGE_TOKENS } from '../../common/tokens.js';
import type { ContentAsked } from '../answers/answer.js';
import { type Tool, type ToolChoice, toolsToCall } from '../answers/tools.js';
import { ApiError } from '../api/api-error.js';
import { asObject, asObjects, asText, type JsonObject } from './endpoint.js';

export const MAX_CHOICES = 128;

/** Tokens of a content in any of OpenAI's forms: a text, or parts with texts, images and files. */
export function contentTokens(content: unknown): number {
  if (typeof content === 'string') return countTokens(content);
  return asObjects(content).reduce((sum, part) => sum + partTokens(part), 0);
}

function partTokens(part: JsonObject): number {
  const text = part.text ?? part.refusal;
  return typeof text === 'string' ? countTokens(text) : IMAGE_TOKENS;
}

/** What definitions of tools add to the prompt. */
export function definitionTokens(definitions: unknown): number {
  return Array.isArray(definitions) && definitions.length > 0 ? countTokens(JSON.stringify(definitions)) : 0;
}

/** @param choice `none`, `auto`, `required`, or an object that names a function */
function readChoice(choice: unknown): ToolChoice {
  if (choice === undefined || choice === null) return 'auto';
  if (choice === 'none' || choice === 'auto' || choice === 'required') return choice;
  const object = asObject(choice);
  // Chat completions nest the name, responses don't.
  const name = asText(asObject(object?.function)?.name) ?? asText(object?.name);
  if (name !== null) return { name };
  // A choice among allowed tools: any of them will do.
  const mode = asText(asObject(object?.allowed_tools)?.mode) ?? asText(object?.mode);
  if (mode === 'auto' || mode === 'required') return mode;
  throw new ApiError(400, 'tool_choice is none, auto, required, or names a function', { param: 'tool_choice' });
}

/** What a request wants as content: a call of a tool, JSON, or words. */
export function contentAsked(
  tools: readonly Tool[],
  choice: unknown,
  hasResult: boolean,
  json: { schema: unknown } | null,
): ContentAsked {
  const called = toolsToCall(tools, readChoice(choice), hasResult);
  if (called) return { kind: 'calls', tools: called };
  return json ? { kind: 'json', schema: json.schema } : { kind: 'text' };
}

/**
 * The schema of a `response_format` of chat completions, or of a `text.format` of responses.
 * @returns null for words; the schema is null for any JSON
 */
export function jsonAsked(format: unknown): { schema: unknown } | null {
  const object = asObject(format);
  switch (object?.type) {
    case undefined:
    case 'text':
      return null;
    case 'json_object':
      return { schema: null };
    case 'json_schema': {
      const schema = asObject(object.schema) ?? asObject(asObject(object.json_schema)?.schema);
      if (!schema) throw new ApiError(400, 'the format json_schema has no schema', { param: 'response_format' });
      return { schema };
    }
    default:
      throw new ApiError(400, 'a format has the type text, json_object or json_schema', { param: 'response_format' });
  }
}
