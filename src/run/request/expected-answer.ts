import { MOCK_STREAM_TEXTS, MOCK_TEXT } from '../../../common/mock-text.js';
import { countTokens, proseOf, splitWords } from '../../../common/tokens.js';
import type { Ending, ExpectedAnswer } from '../../lib/answers/expected.js';
import type { ResponseSpec } from '../../model/gateway.js';
import { countModel, mostTokens, type TokenCounts } from '../../model/request.js';
import type { Scenario } from '../../model/scenario.js';
import { dialectsOf } from '../../plan/dialects.js';
import { needsFullContract } from '../../plan/request-needs.js';

/** What a gateway must hand on: the published mock's own text, in an answer as its manifest describes it. */
export function answerOfMock(stream: boolean, { object }: ResponseSpec): ExpectedAnswer {
  return { stream, texts: stream ? MOCK_STREAM_TEXTS : [MOCK_TEXT], objectOptional: object === 'optional' };
}

/** What decides on the answer to a request, as far as it is known. */
export interface Asked {
  model: string;
  maxTokens: number | undefined;
  /** The function that the upstream will call; undefined for a text. */
  call: string | undefined;
  /** Null where they can't be counted from here. */
  inputTokens: number | null;
  /** JSON or something else that isn't the upstream's usual text. */
  otherText?: boolean;
}

/** What the answer to a request must be: what the upstream sends, in the client's dialect. */
export function expectedAnswer(scenario: Scenario, response: ResponseSpec, asked: Asked): ExpectedAnswer {
  const { request, upstream } = scenario;
  if (!needsFullContract(scenario)) return answerOfMock(request.stream, response);
  const { client, upstream: upstreamDialect } = dialectsOf(scenario);
  const { words, anyLength, ending } = wordsOf(upstream.outputTokens, asked.maxTokens);
  const isText = asked.call === undefined;
  const known = isText && asked.otherText !== true;
  const told = {
    ending: known || !isText ? (isText ? ending : ('call' as const)) : null,
    models: [asked.model],
    inputTokens: asked.inputTokens,
    outputTokens: known && !anyLength ? words.length : null,
  };
  return {
    ...answerOfMock(request.stream, response),
    texts: known ? (request.stream ? words : [words.join('')]) : null,
    dialect: client,
    ...(client === upstreamDialect ? {} : { translated: true }),
    ...(known && anyLength ? { anyLength } : {}),
    ...(asked.call === undefined ? {} : { call: asked.call }),
    told,
  };
}

/** The words that the upstream writes, as its own program composes them. */
function wordsOf(
  outputTokens: TokenCounts | undefined,
  maxTokens: number | undefined,
): { words: string[]; anyLength: boolean; ending: Ending | null } {
  const most = maxTokens ?? Number.POSITIVE_INFINITY;
  if (outputTokens === undefined) return cut(splitWords(MOCK_TEXT), most);
  const model = countModel(outputTokens);
  if (model.kind === 'constant') return cut(proseOf(Math.min(model.count, Math.max(most, 1) + 1)), most);
  return { words: proseOf(Math.min(mostTokens(model), most)), anyLength: true, ending: null };
}

function cut(words: string[], most: number): { words: string[]; anyLength: boolean; ending: Ending } {
  return { words: words.slice(0, most), anyLength: false, ending: words.length > most ? 'length' : 'stop' };
}

/** As the mock counts a prompt of texts alone. */
export function promptTokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}
