import type { Tool } from './tools.js';

/** What a request asks for, in whatever dialect. */
export interface Ask {
  model: string;
  stream: boolean;
  promptTokens: number;
  /** The most that one choice may have; null for no limit. */
  maxTokens: number | null;
  choices: number;
  content: ContentAsked;
}

export type ContentAsked =
  | { kind: 'text' }
  /** `schema` is null for any JSON object. */
  | { kind: 'json'; schema: unknown }
  | { kind: 'calls'; tools: readonly Tool[] };

export interface ToolCall {
  /** 24 hexadecimal digits, which each dialect prefixes in its own way. */
  id: string;
  name: string;
  /** The arguments as JSON, token by token. */
  pieces: readonly string[];
}

/** What made an answer end. */
export type Finish = 'stop' | 'length';

export type Choice =
  | { kind: 'text'; tokens: readonly string[]; finish: Finish }
  | { kind: 'calls'; calls: readonly ToolCall[]; finish: Finish };

/** An answer, in no dialect. */
export interface Answer {
  /** 24 hexadecimal digits. */
  id: string;
  /** Unix seconds. */
  createdS: number;
  model: string;
  choices: readonly Choice[];
  promptTokens: number;
  completionTokens: number;
}

/** Puts an answer into the words of one dialect. */
export interface AnswerWriter {
  /** The answer as one JSON body. */
  body(answer: Answer): string;
  /**
   * The answer as a stream: what is written at once for each token, and, returned at the end, what closes the stream.
   * Events that open the stream come along with the first token.
   */
  frames(answer: Answer): Generator<string, string>;
  /** Of the stream; `text/event-stream` where it isn't said. */
  streamType?: string;
}

/** What a stream waits between: the tokens of its longest choice, or of all calls. */
export function frameCount({ choices }: Answer): number {
  return Math.max(0, ...choices.map(tokenCount));
}

export function tokenCount(choice: Choice): number {
  return choice.kind === 'text'
    ? choice.tokens.length
    : choice.calls.reduce((sum, call) => sum + call.pieces.length, 0);
}
