import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events, HI, json, post } from '../api/requests.js';
import { chatRequest, RawConnection } from '../raw-connection.js';
import { type StartedMock, startMock } from '../started-mock.js';

const TEXT = 'Mock response from the gatebench upstream server.';
const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const TOOLS = [
  { type: 'function', function: { name: 'get_weather', parameters: WEATHER } },
  { type: 'function', function: { name: 'get_time', parameters: { type: 'object', properties: {} } } },
];

let mock: StartedMock;
beforeAll(async () => {
  mock = await startMock('--contract', 'full', '--stream-chunk-delay-ms', '0');
});
afterAll(() => mock.stop());

const chat = (fields: object, headers: Record<string, string> = {}) =>
  post(mock, { model: 'gpt-4o', messages: HI, ...fields }, { headers });
const stream = async (fields: object, headers: Record<string, string> = {}) =>
  events(await (await chat({ stream: true, ...fields }, headers)).text());
const deltas = (chunks: Record<string, unknown>[]) =>
  chunks.map((chunk) => (chunk.choices as { delta: Record<string, unknown> }[])[0]?.delta);

const lastReason = (chunks: Record<string, unknown>[]) =>
  (chunks.at(-1)?.choices as { finish_reason: string }[] | undefined)?.[0]?.finish_reason;

describe('usage', () => {
  test('from the lengths of prompt and answer', async () => {
    const content = 'x'.repeat(400);
    const completion = await json(
      chat({
        messages: [
          { role: 'user', content },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'abcd' },
              { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            ],
          },
        ],
      }),
    );
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: TEXT } }],
      usage: { prompt_tokens: 100 + 1 + 85, completion_tokens: 7, total_tokens: 193 },
    });
  });

  test('of a stream, only where it is asked for, after the last choice', async () => {
    const without = await stream({});
    expect(without.every((chunk) => !('usage' in chunk))).toBe(true);
    const chunks = await stream({ stream_options: { include_usage: true } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 7, prompt_tokens: 4 } });
  });
});

describe('a stream', () => {
  test('has the role in its first delta, a token in each, and ends', async () => {
    const response = await chat({ stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = await response.text();
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const [first, ...others] = deltas(events(text));
    expect(first).toEqual({ role: 'assistant', content: 'Mock', refusal: null });
    expect(others).toEqual([
      ...[' response', ' from', ' the', ' gatebench', ' upstream', ' server.'].map((content) => ({ content })),
      {},
    ]);
    const chunks = events(text);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.at(-1)?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }]);
  });

  test('with HTTP chunks of one frame each', async () => {
    const connection = await RawConnection.open(mock.port);
    connection.write(chatRequest(JSON.stringify({ messages: HI, stream: true }), ['Connection: close']));
    const received = await connection.receiveToEnd();
    const frames = received.split('\r\n').filter((line) => line.includes('"content":"'));
    expect(frames).toHaveLength(7);
    expect(received.endsWith('data: [DONE]\n\n\r\n0\r\n\r\n')).toBe(true);
  });
});

describe('max_tokens', () => {
  test.each([['max_tokens'], ['max_completion_tokens']])('%s cuts the answer', async (name) => {
    expect(await json(chat({ [name]: 3 }))).toMatchObject({
      choices: [{ finish_reason: 'length', message: { content: 'Mock response from' } }],
      usage: { completion_tokens: 3 },
    });
    const chunks = await stream({ [name]: 3 });
    expect(deltas(chunks).flatMap((delta) => delta?.content ?? [])).toEqual(['Mock', ' response', ' from']);
    expect(lastReason(chunks)).toBe('length');
  });

  test('that is not reached changes nothing', async () => {
    expect(await json(chat({ max_tokens: 7 }))).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });
});

test('n choices, streamed or not', async () => {
  const completion = await json(chat({ n: 3 }));
  expect(completion.choices).toHaveLength(3);
  expect(completion.usage).toMatchObject({ completion_tokens: 21 });
  const chunks = (await stream({ n: 3 })).map(
    (chunk) => (chunk.choices as { index: number; delta: { content?: string } }[])[0],
  );
  for (const index of [0, 1, 2]) {
    expect(
      chunks
        .filter((one) => one?.index === index)
        .map((one) => one?.delta.content ?? '')
        .join(''),
    ).toBe(TEXT);
  }
});

describe('tools', () => {
  const called = (completion: Record<string, unknown>) =>
    (
      completion.choices as {
        message: { tool_calls?: { id: string; function: { name: string; arguments: string } }[] };
      }[]
    )[0]?.message.tool_calls;

  test('left the choice, the first is called, with arguments that fit its schema', async () => {
    const completion = await json(chat({ tools: TOOLS }));
    expect(completion.choices).toMatchObject([
      { finish_reason: 'tool_calls', message: { role: 'assistant', content: null } },
    ]);
    const [call] = called(completion) ?? [];
    expect(call).toMatchObject({
      id: expect.stringMatching(/^call_[0-9a-f]{24}$/),
      type: 'function',
      function: { name: 'get_weather' },
    });
    expect(new Ajv().validate(WEATHER, JSON.parse(call?.function.arguments ?? ''))).toBe(true);
  });

  test('once their result is there, the answer is in words', async () => {
    const messages = [...HI, { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' }];
    expect(await json(chat({ messages, tools: TOOLS }))).toMatchObject({ choices: [{ message: { content: TEXT } }] });
    expect(called(await json(chat({ messages, tools: TOOLS, tool_choice: 'required' })))).toHaveLength(1);
  });

  test.each([
    ['none', undefined],
    ['required', 'get_weather'],
    [{ type: 'function', function: { name: 'get_time' } }, 'get_time'],
  ])('tool_choice %j', async (tool_choice, name) => {
    expect(called(await json(chat({ tools: TOOLS, tool_choice })))?.[0]?.function.name).toBe(name);
  });

  test('streamed: the name once, and the arguments piece by piece', async () => {
    const chunks = await stream({ tools: TOOLS });
    const calls = deltas(chunks).flatMap(
      (delta) =>
        (delta?.tool_calls ?? []) as { index: number; id?: string; function: { name?: string; arguments: string } }[],
    );
    expect(calls[0]).toMatchObject({
      index: 0,
      id: expect.stringMatching(/^call_/),
      function: { name: 'get_weather', arguments: '' },
    });
    expect(calls.filter(({ id }) => id !== undefined)).toHaveLength(1);
    expect(new Ajv().validate(WEATHER, JSON.parse(calls.map((call) => call.function.arguments).join('')))).toBe(true);
    expect(deltas(chunks)[0]).toMatchObject({ role: 'assistant', content: null });
    expect(lastReason(chunks)).toBe('tool_calls');
  });

  test.each([
    [{ tools: TOOLS, tool_choice: { type: 'function', function: { name: 'nothing' } } }, 'not among the tools'],
    [{ tool_choice: 'required' }, 'there are no tools'],
    [{ tools: TOOLS, tool_choice: 'always' }, 'names a function'],
  ])('%j is refused', async (fields, message) => {
    const response = await chat(fields);
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({
      error: { message: expect.stringContaining(message), param: 'tool_choice' },
    });
  });
});

describe('response_format', () => {
  const content = async (format: object) =>
    ((await json(chat({ response_format: format }))).choices as { message: { content: string } }[])[0]?.message
      .content ?? '';

  test('a JSON schema', async () => {
    const text = await content({
      type: 'json_schema',
      json_schema: { name: 'weather', strict: true, schema: WEATHER },
    });
    expect(new Ajv().validate(WEATHER, JSON.parse(text))).toBe(true);
  });

  test('any JSON', async () => expect(JSON.parse(await content({ type: 'json_object' }))).toBeTypeOf('object'));
  test('text', async () => expect(await content({ type: 'text' })).toBe(TEXT));

  test('streamed', async () => {
    const chunks = await stream({
      response_format: { type: 'json_schema', json_schema: { name: 'w', schema: WEATHER } },
    });
    const text = deltas(chunks)
      .map((delta) => delta?.content ?? '')
      .join('');
    expect(new Ajv().validate(WEATHER, JSON.parse(text))).toBe(true);
  });
});

test.each([
  [{ messages: [] }, 'messages'],
  [{ messages: undefined }, 'messages'],
  [{ n: 0 }, 'n'],
  [{ n: 1.5 }, 'n'],
  [{ max_tokens: -1 }, 'max_tokens'],
  [{ max_tokens: 'many' }, 'max_tokens'],
  [{ response_format: { type: 'xml' } }, 'response_format'],
  [{ response_format: { type: 'json_schema' } }, 'response_format'],
])('%j is a 400 that names %s', async (fields, param) => {
  const response = await chat(fields);
  expect(response.status).toBe(400);
  expect(await json(response)).toMatchObject({ error: { type: 'invalid_request_error', param } });
});

test.each([['{"model":'], ['[]'], ['']])('400 for the body "%s"', async (body) => {
  const response = await post(mock, body);
  expect([response.status, await json(response)]).toMatchObject([
    400,
    { error: { message: 'the body is not a JSON object' } },
  ]);
});
