import { describe, expect, it } from 'vitest';
import { composeAnswer } from '../../../mock-upstream/answers/compose.js';
import { MESSAGES } from '../../../mock-upstream/dialects/anthropic-messages.js';
import type { Endpoint } from '../../../mock-upstream/dialects/endpoint.js';
import { CHAT } from '../../../mock-upstream/dialects/openai-chat.js';
import { RESPONSES } from '../../../mock-upstream/dialects/openai-responses.js';
import type { ExpectedAnswer } from '../../../src/lib/answers/expected.js';
import { answerFindings, answerProblem } from '../../../src/lib/chat-response.js';
import { Dialect } from '../../../src/model/request.js';
import { Scenario } from '../../../src/model/scenario.js';
import { cellRequests } from '../../../src/run/request/cell-requests.js';

/** What the official SDKs accept as their API's answers: the mock's, which the tests of the SDKs hold it to. */
const ENDPOINTS: Record<Dialect, Endpoint> = {
  'openai-chat': CHAT,
  'anthropic-messages': MESSAGES,
  'openai-responses': RESPONSES,
};

const TOOL = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

/** A right answer, and what is expected of it. */
function answered(dialect: Dialect, stream: boolean, tools: boolean, request: object = {}, upstream: object = {}) {
  const scenario = Scenario.parse({
    schemaVersion: 1,
    name: 'test',
    title: 'Test',
    load: { vus: [1], warmupS: 0, durationS: 1 },
    upstream: { latency: '1ms', dialect, ...upstream },
    request: {
      dialect,
      stream,
      messages: [
        { role: 'system', content: 'You are brief.' },
        { role: 'user', content: 'Say hello.' },
      ],
      ...(tools ? { tools: [TOOL] } : {}),
      // In chat completions alone, the published answers would be expected.
      ...(dialect === 'openai-chat' && !tools ? {} : {}),
      ...request,
    },
  });
  const spec = { path: '/', model: 'gpt-4o', headers: {} };
  const response = { retryForS: 0, object: 'required' as const };
  const { classes } = cellRequests(scenario, spec, response, {}, { seed: 1, replayed: [] });
  const [{ body, expected }] = classes[0].requests;
  const made = ENDPOINTS[dialect].respond({
    body: JSON.parse(body),
    model: null,
    parameter: () => null,
    models: [],
    createdS: 1,
  });
  if (made.kind !== 'generate') throw new Error('no answer of a model');
  const tokens = scenario.upstream.outputTokens;
  const answer = composeAnswer(made.ask, {
    outputTokens: tokens === undefined ? null : () => Number(tokens),
    text: null,
    hex: (digits) => 'a'.repeat(digits),
    nowS: () => 1,
  });
  return { text: stream ? streamOf(made.writer.frames(answer)) : made.writer.body(answer), expected };
}

function streamOf(frames: Generator<string, string>): string {
  let text = '';
  for (;;) {
    const { value, done } = frames.next();
    text += value;
    if (done) return text;
  }
}

const WAYS = Dialect.options
  .flatMap((dialect) => [false, true].flatMap((stream) => [false, true].map((tools) => ({ dialect, stream, tools }))))
  .map((way) => (way.dialect === 'openai-chat' && !way.tools ? { ...way, outputTokens: 9 } : way));

describe('answers, field by field', () => {
  it.each(WAYS)('nothing is wrong with a right answer: %o', ({ dialect, stream, tools, ...upstream }) => {
    const { text, expected } = answered(dialect, stream, tools, {}, upstream);
    expect(answerFindings(text, expected)).toEqual({ broken: [], differences: [] });
    expect(answerProblem(text, expected)).toBeNull();
  });

  it.each(Dialect.options)('%s: an answer that is cut by the limit says so', (dialect) => {
    const { text, expected } = answered(dialect, false, false, { maxTokens: 3 }, { outputTokens: 8 });
    expect(expected.texts?.join('')).toBe('This text comes');
    expect(answerFindings(text, expected)).toEqual({ broken: [], differences: [] });
    const told = { ...expected, told: { ...expected.told, ending: 'stop' } } as ExpectedAnswer;
    expect(answerFindings(text, told).differences).not.toEqual([]);
  });

  it.each([
    ['anthropic-messages', '"type":"message"', '"type":"massage"', 'type'],
    ['anthropic-messages', '"role":"assistant"', '"role":"user"', 'role'],
    ['anthropic-messages', 'Mock response', 'Mock repsonse', 'content[].text'],
    ['anthropic-messages', '"end_turn"', '"stop"', 'stop_reason'],
    ['openai-responses', '"status":"completed"', '"status":"done"', 'status'],
    ['openai-responses', '"role":"assistant"', '"role":"user"', 'output[].role'],
    ['openai-responses', 'Mock response', 'Mock', 'output[].content[].text'],
  ] as const)('%s with %s changed is of no use', (dialect, from, to, field) => {
    const { text, expected } = answered(dialect, false, false);
    expect(text).toContain(from);
    expect(answerFindings(text.replace(from, to), expected).broken.map((each) => each.field)).toEqual([field]);
    expect(answerProblem(text.replace(from, to), expected)).toContain(field);
  });

  it.each([
    ['anthropic-messages', '"model":"gpt-4o"', '"model":"other"', 'model'],
    ['anthropic-messages', '"stop_sequence":null', '"stop_sequence":""', 'stop_sequence'],
    ['anthropic-messages', '"output_tokens":7', '"output_tokens":8', 'usage.output_tokens'],
    ['anthropic-messages', '"input_tokens":7', '"input_tokens":0', 'usage.input_tokens'],
    ['openai-responses', '"object":"response"', '"object":"chat.completion"', 'object'],
    ['openai-responses', '"total_tokens":14', '"total_tokens":15', 'usage.total_tokens'],
  ] as const)('%s with %s changed can be used, and is told apart', (dialect, from, to, field) => {
    const { text, expected } = answered(dialect, false, false);
    expect(text).toContain(from);
    const { broken, differences } = answerFindings(text.replace(from, to), expected);
    expect(broken).toEqual([]);
    expect(differences.map((each) => each.field)).toEqual([field]);
    expect(answerProblem(text.replace(from, to), expected)).toBeNull();
  });

  it.each([
    [
      'a second message_start',
      'first event',
      (text: string) => `${firstEvent(text)}${text}`,
      'event 2 (message_start)',
    ],
    ['no message_stop', 'last', (text: string) => text.slice(0, text.lastIndexOf('event: message_stop')), 'last event'],
    ['an event without its name', '', (text: string) => text.replace('event: message_delta\n', ''), 'event 12.event'],
    ['a delta lost', '', (text: string) => without(text, 'upstream'), 'text of all deltas'],
  ])('a stream of messages with %s is broken', (_what, _where, change, field) => {
    const { text, expected } = answered('anthropic-messages', true, false);
    expect(answerFindings(change(text), expected).broken.map((each) => each.field)).toContain(field);
  });

  it('a stream of responses without its last event is broken, and one whose deltas were merged is told apart', () => {
    const { text, expected } = answered('openai-responses', true, false);
    const cut = text.slice(0, text.indexOf('event: response.completed'));
    expect(answerFindings(cut, expected).broken.map((each) => each.field)).toContain('last event');
    const merged = without(text, 'upstream').replace('"delta":" gatebench"', '"delta":" gatebench upstream"');
    const { broken, differences } = answerFindings(merged, expected);
    expect(broken).toEqual([]);
    expect(differences.map((each) => each.field)).toContain('number of text deltas');
  });

  it('of a length that is drawn, any beginning of the text is right, and no other text', () => {
    const { expected } = answered('openai-chat', false, false, {}, { outputTokens: 'uniform(2,5)' });
    const body = (content: string) =>
      JSON.stringify({ object: 'chat.completion', choices: [{ message: { content }, finish_reason: 'stop' }] });
    expect(answerProblem(body('This text comes'), expected)).toBeNull();
    expect(answerProblem(body('This text comes from a mock'), expected)).toContain('content');
    expect(answerProblem(body(''), expected)).toContain('content');
  });
});

function firstEvent(text: string): string {
  return text.slice(0, text.indexOf('\n\n') + 2);
}

/** A stream without the delta that has this word. */
function without(text: string, word: string): string {
  return text
    .split('\n\n')
    .filter((event) => !(event.includes('delta":') && event.includes(` ${word}"`)))
    .join('\n\n');
}
