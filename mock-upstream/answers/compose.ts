import { MOCK_TEXT } from '../../common/mock-text.js';
import { proseOf, splitPieces, splitWords } from '../../common/tokens.js';
import { type Answer, type Ask, type Choice, type ToolCall, tokenCount } from './answer.js';
import { sampleOf } from './schema-sample.js';
import type { Tool } from './tools.js';

/** What answers are made of, where the request doesn't say. */
export interface AnswerSource {
  /** Draws how many tokens an answer in words has; null for the default text. */
  outputTokens: (() => number) | null;
  /** The text of every answer in words; null for another. */
  text: string | null;
  /** So many random hexadecimal digits. */
  hex(digits: number): string;
  nowS(): number;
}

const DEFAULT_WORDS = splitWords(MOCK_TEXT);

/** Make the answer to a request. */
export function composeAnswer(ask: Ask, source: AnswerSource): Answer {
  const choices = Array.from({ length: ask.choices }, () => composeChoice(ask, source));
  return {
    id: source.hex(24),
    createdS: source.nowS(),
    model: ask.model,
    choices,
    promptTokens: ask.promptTokens,
    completionTokens: choices.reduce((sum, choice) => sum + tokenCount(choice), 0),
  };
}

function composeChoice({ content, maxTokens }: Ask, source: AnswerSource): Choice {
  const most = maxTokens ?? Number.POSITIVE_INFINITY;
  switch (content.kind) {
    case 'text':
      return cut(words(source, most), most);
    case 'json':
      return cut(splitPieces(JSON.stringify(sampleOf(content.schema ?? ANY_OBJECT))), most);
    case 'calls':
      return cutCalls(
        content.tools.map((tool) => callOf(tool, source)),
        most,
      );
  }
}

const ANY_OBJECT = { type: 'object', properties: { message: { type: 'string' } } };

function words({ text, outputTokens }: AnswerSource, most: number): readonly string[] {
  if (text !== null) return splitWords(text);
  // One more than allowed shows that there would be more.
  return outputTokens ? proseOf(Math.min(outputTokens(), most + 1)) : DEFAULT_WORDS;
}

function cut(tokens: readonly string[], most: number): Choice {
  return tokens.length > most
    ? { kind: 'text', tokens: tokens.slice(0, most), finish: 'length' }
    : { kind: 'text', tokens, finish: 'stop' };
}

function callOf({ name, parameters }: Tool, source: AnswerSource): ToolCall {
  const sample = sampleOf(parameters ?? { type: 'object' });
  return { id: source.hex(24), name, pieces: splitPieces(JSON.stringify(sample)) };
}

function cutCalls(calls: readonly ToolCall[], most: number): Choice {
  let left = most;
  const kept = calls.map((call) => {
    const pieces = call.pieces.slice(0, left);
    left -= pieces.length;
    return { ...call, pieces };
  });
  const whole = kept.every((call, index) => call.pieces.length === calls[index]?.pieces.length);
  return { kind: 'calls', calls: kept, finish: whole ? 'stop' : 'length' };
}
