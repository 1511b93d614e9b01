import type { Dialect } from '../model/request.js';
import { messagesFindings } from './answers/anthropic-messages.js';
import type { ExpectedAnswer } from './answers/expected.js';
import { type AnswerFindings, firstBroken } from './answers/findings.js';
import { chatFindings } from './answers/openai-chat.js';
import { responsesFindings } from './answers/openai-responses.js';
import { isObject, parseJson } from './json-value.js';
import { eventData } from './server-sent-events.js';

export type { ExpectedAnswer } from './answers/expected.js';

const CHAT: Dialect = 'openai-chat';

/** Why a body is not the whole answer that is expected, in a few words; null where it is, whatever keys were added or moved. */
export function answerProblem(body: string, expected: ExpectedAnswer): string | null {
  const { stream, texts, objectOptional = false, dialect = CHAT } = expected;
  const isPlain = !expected.translated && !expected.anyLength && expected.call === undefined;
  if (dialect !== CHAT || !isPlain) return firstBroken(answerFindings(body, expected));
  return stream ? streamProblem(body, texts) : completionProblem(body, texts?.join('') ?? null, objectOptional);
}

/** What is wrong with a body in the expected dialect, field by field. */
export function answerFindings(body: string, expected: ExpectedAnswer): AnswerFindings {
  const { dialect = CHAT } = expected;
  switch (dialect) {
    case 'openai-chat':
      return chatFindings(body, expected);
    case 'anthropic-messages':
      return messagesFindings(body, expected);
    case 'openai-responses':
      return responsesFindings(body, expected);
    default:
      return dialect satisfies never;
  }
}

/** Types of the events that have a part of the answer, in the dialects whose events have a type. */
const DELTAS = new Set(['content_block_delta', 'response.output_text.delta', 'response.function_call_arguments.delta']);

/**
 * The part of an answer that the data of a stream's event has: some text, or the call of a tool, of which the text is null.
 * Null where it has none, as the first and last events of many streams. In any dialect.
 */
export function answerPart(data: string): { text: string | null } | null {
  const chunk = parseJson(data);
  if (!isObject(chunk)) return null;
  if (typeof chunk.type === 'string') return DELTAS.has(chunk.type) ? { text: typedText(chunk) } : null;
  const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
  if (!isObject(choice) || !isObject(choice.delta)) return null;
  const { content, tool_calls: toolCalls } = choice.delta;
  if (typeof content === 'string' && content !== '') return { text: content };
  return Array.isArray(toolCalls) ? { text: null } : null;
}

/** Of an event of the dialects whose events have a type. */
function typedText({ type, delta }: Record<string, unknown>): string | null {
  if (type === 'response.output_text.delta') return typeof delta === 'string' ? delta : null;
  return isObject(delta) && typeof delta.text === 'string' ? delta.text : null;
}

/** Whether the text is one whole chat completion, whatever keys a gateway adds or reorders. */
export function isChatCompletion(body: string): boolean {
  return completionProblem(body, null, false) === null;
}

/** `object` of a chat completion. */
const COMPLETION = 'chat.completion';

function completionProblem(body: string, expected: string | null, objectOptional: boolean): string | null {
  const value = parseJson(body);
  if (value === undefined) return 'it is not JSON';
  if (!isObject(value)) return 'it is no JSON object';
  const missing = [objectOptional ? [] : ['object'], ['choices']].flat().filter((key) => !(key in value));
  if (missing.length > 0) return `it has no ${missing.map((key) => `"${key}"`).join(' and no ')}`;
  const { object = COMPLETION, choices } = value;
  if (object !== COMPLETION) return `its "object" is ${quotedValue(object)}, not "${COMPLETION}"`;
  if (!Array.isArray(choices)) return `its "choices" is ${quotedValue(choices)}, not a list`;
  const choice: unknown = choices[0];
  if (choice === undefined) return 'its "choices" is empty';
  if (!isObject(choice) || !isObject(choice.message)) return 'its choices[0] has no "message"';
  return messageProblem(choice.message, expected);
}

function messageProblem(message: Record<string, unknown>, expected: string | null): string | null {
  const { content, tool_calls: toolCalls } = message;
  if (expected === null && (typeof content === 'string' || Array.isArray(toolCalls))) return null;
  if (content === undefined) return 'its choices[0].message has no "content"';
  if (typeof content !== 'string' || content === '') return `its choices[0].message.content is ${quotedValue(content)}`;
  if (content === expected) return null;
  if (expected?.startsWith(content)) {
    return `its text is cut off after ${content.length} of ${expected.length} characters`;
  }
  return `its text is ${quoted(content)}, not ${quoted(expected ?? '')}`;
}

function streamProblem(body: string, expected: readonly string[] | null): string | null {
  const events = eventData(body);
  const end = events.findIndex((data) => data.trim() === '[DONE]');
  if (end < 0) return 'the stream does not end with [DONE]';
  if (end < events.length - 1) return 'the stream goes on after [DONE]';
  const texts: string[] = [];
  let callsTools = false;
  let finished = 0;
  for (const [index, data] of events.slice(0, end).entries()) {
    const chunk = parseJson(data);
    if (chunk === undefined) return `frame ${index + 1} is not JSON`;
    if (!isObject(chunk) || !('choices' in chunk)) return `frame ${index + 1} has no "choices"`;
    if (!Array.isArray(chunk.choices)) {
      return `"choices" of frame ${index + 1} is ${quotedValue(chunk.choices)}, not a list`;
    }
    const choice: unknown = chunk.choices[0];
    if (!isObject(choice)) continue;
    const { content: text, tool_calls: toolCalls } = isObject(choice.delta) ? choice.delta : {};
    if (Array.isArray(toolCalls)) callsTools = true;
    if (typeof text === 'string' && text !== '') {
      if (finished > 0) return `frame ${index + 1} has text behind the finish_reason`;
      texts.push(text);
    }
    if (typeof choice.finish_reason === 'string') finished += 1;
  }
  if (expected === null) return texts.length > 0 || callsTools ? null : 'no frame has text';
  if (texts.length === 0) return 'no frame has text';
  const problem = textsProblem(texts, expected);
  if (problem !== null) return problem;
  if (finished === 0) return 'the frame with the finish_reason is missing';
  return finished > 1 ? `${finished} frames have a finish_reason` : null;
}

/** What happened to the frames of a stream on their way; null where nothing did. */
function textsProblem(texts: readonly string[], expected: readonly string[]): string | null {
  const at = expected.findIndex((text, index) => texts[index] !== text);
  if (at < 0) return texts.length === expected.length ? null : extraProblem(texts, expected.length, expected);
  const [text, wanted] = [texts[at], expected[at] ?? ''];
  const where = `frame ${at + 1} of ${expected.length} with text`;
  if (text === undefined) return `${where} is missing: ${quoted(wanted)}`;
  if (sameTexts(texts, [...expected.slice(0, at), ...expected.slice(at + 1)])) {
    return `${where} is missing: ${quoted(wanted)}`;
  }
  if (texts.length === expected.length && sameTexts([...texts].sort(), [...expected].sort())) {
    return `${where} is out of order: ${quoted(text)} came before ${quoted(wanted)}`;
  }
  if (texts.join('') === expected.join('')) {
    const [what, other] = text.length > wanted.length ? ['merged with the next', text] : ['split', text];
    return `${where} is ${what}: ${quoted(other)}`;
  }
  if (texts.length > expected.length) return extraProblem(texts, at, expected);
  return `${where} is ${quoted(text)}, not ${quoted(wanted)}`;
}

/** There are more texts than expected, and the one at `at` is the first that is unexpected. */
function extraProblem(texts: readonly string[], at: number, expected: readonly string[]): string {
  const text = texts[at] ?? '';
  const where = `frame ${at + 1} with text`;
  return expected.includes(text)
    ? `${where} is a repetition: ${quoted(text)}`
    : `${where} is one too many: ${quoted(text)}`;
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index]);
}

const MAX_QUOTED = 60;

function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
}

/** A value of parsed JSON. */
function quotedValue(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  const text = JSON.stringify(value);
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
