import type { Dialect } from '../../model/request.js';
import { isObject, type JsonObject, parseJson } from '../json-value.js';
import type { Findings } from './findings.js';

/** Why an answer ends: all is said, it has as many tokens as it may, or a tool is to be called. */
export type Ending = 'stop' | 'length' | 'call';

/** What an answer must be. */
export interface ExpectedAnswer {
  /** It is an SSE stream. */
  stream: boolean;
  /**
   * Its text: one of a completion, or one of each frame of a stream that has any. Null where the upstream's text isn't
   * known: any text is right then.
   */
  texts: readonly string[] | null;
  /** A completion may lack `object`: this gateway leaves it out. */
  objectOptional?: boolean;
  /** That of chat completions where absent. */
  dialect?: Dialect;
  /** It may end after any of its texts: how many tokens the upstream writes is drawn. */
  anyLength?: boolean;
  /** It was written in another dialect: a stream's frames may be cut anew. */
  translated?: boolean;
  /** The function that is called instead of a text. */
  call?: string;
  /** What is told besides, where it is known. */
  told?: ToldFacts;
}

/** What an answer tells of itself besides its text. */
export interface ToldFacts {
  ending: Ending | null;
  /** Any of these. */
  models: readonly string[];
  /** Tokens by the upstream's count; null where they aren't known. */
  inputTokens: number | null;
  outputTokens: number | null;
}

/** Compare the whole text of an answer, however it was cut into frames. */
export function checkText(findings: Findings, field: string, text: string, expected: ExpectedAnswer): void {
  const { texts, anyLength = false } = expected;
  if (texts === null) {
    findings.require(field, text, text !== '', 'some text');
    return;
  }
  const wanted = texts.join('');
  const isRight = anyLength ? text !== '' && wanted.startsWith(text) : text === wanted;
  const cut = !isRight && text !== '' && wanted.startsWith(text);
  findings.require(
    field,
    text,
    isRight,
    cut ? `all ${wanted.length} characters, of which it has ${text.length}` : JSON.stringify(wanted.slice(0, 60)),
  );
}

/** As many frames with text as the upstream sent. Those that were cut anew change when a reader sees what. */
export function checkFrameCount(findings: Findings, count: number, expected: ExpectedAnswer): void {
  const { texts, anyLength = false, call } = expected;
  if (texts === null || anyLength || call !== undefined) return;
  findings.expect('number of text deltas', count, count === texts.length, `${texts.length}, as the upstream sent`);
}

/** A call of the function that is to be called, with arguments in JSON. @param args text, or an object where the dialect has one */
export function checkCall(findings: Findings, field: string, name: unknown, args: unknown, wanted: string): void {
  findings.require(`${field}.name`, name, name === wanted, JSON.stringify(wanted));
  const value = typeof args === 'string' ? parseJson(args) : args;
  findings.require(`${field}.arguments`, args, isObject(value), 'a JSON object');
}

/** @param names of the input, the output and, where the dialect has it, the total */
export function checkUsage(
  findings: Findings,
  usage: JsonObject,
  told: ToldFacts,
  names: { input: string; output: string; total?: string },
): void {
  const count = (name: string, wanted: number | null): void => {
    const value = usage[name];
    const isRight = wanted === null ? typeof value === 'number' && value > 0 : value === wanted;
    findings.expect(`usage.${name}`, value, isRight, wanted === null ? 'a number of tokens' : String(wanted));
  };
  count(names.input, told.inputTokens);
  count(names.output, told.outputTokens);
  if (names.total === undefined) return;
  const [input, output] = [usage[names.input], usage[names.output]];
  const sum = typeof input === 'number' && typeof output === 'number' ? input + output : null;
  if (sum !== null) {
    findings.expect(`usage.${names.total}`, usage[names.total], usage[names.total] === sum, `their sum, ${sum}`);
  }
}

export function checkModel(findings: Findings, field: string, value: unknown, { models }: ToldFacts): void {
  const isRight = typeof value === 'string' && models.includes(value);
  findings.expect(field, value, isRight, models.map((model) => JSON.stringify(model)).join(' or '));
}
