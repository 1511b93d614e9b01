import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedMock, startMock } from '../started-mock.js';

const TEXT = 'Mock response from the gatebench upstream server.';
const MODEL = 'claude-mock';

let mock: StartedMock;
let client: Anthropic;
beforeAll(async () => {
  mock = await startMock(
    '--contract',
    'full',
    '--stream-chunk-delay-ms',
    '1',
    '--api-key',
    'sk-right',
    '--models',
    MODEL,
  );
  client = clientOf(mock);
});
afterAll(() => mock.stop());

function clientOf({ origin }: StartedMock, options: object = {}): Anthropic {
  return new Anthropic({ baseURL: origin, apiKey: 'sk-right', maxRetries: 0, ...options });
}

const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'How is the weather in Bern?' }];
const base = { model: MODEL, max_tokens: 100, messages };
const weather: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('messages', () => {
  test('create', async () => {
    const message = await client.messages.create({ ...base, system: 'Be brief.' });
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [{ type: 'text', text: TEXT }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: 7 },
    });
    expect(message._request_id).toMatch(/^req_/);
  });

  test('max_tokens', async () => {
    const message = await client.messages.create({ ...base, max_tokens: 2 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: 'Mock response' }] });
  });

  test('a stream', async () => {
    const types: string[] = [];
    for await (const event of await client.messages.create({ ...base, stream: true })) types.push(event.type);
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      ...Array.from({ length: 7 }, () => 'content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  test('the stream helper', async () => {
    const stream = client.messages.stream(base);
    let text = '';
    stream.on('text', (delta) => {
      text += delta;
    });
    const message = await stream.finalMessage();
    expect(text).toBe(TEXT);
    expect(message).toMatchObject({
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: TEXT }],
      usage: { output_tokens: 7 },
    });
  });

  test('tools, streamed, and the answer after their result', async () => {
    const first = await client.messages.stream({ ...base, tools: [weather] }).finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    const [block] = first.content;
    expect(block).toMatchObject({ type: 'tool_use', name: 'get_weather', input: { city: 'mock' } });
    const id = block?.type === 'tool_use' ? block.id : '';
    const second = await client.messages.create({
      ...base,
      tools: [weather],
      messages: [
        ...messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: '21 degrees' }] },
      ],
    });
    expect(second.content).toMatchObject([{ type: 'text', text: TEXT }]);
  });

  test.each<[Anthropic.ToolChoice, string]>([
    [{ type: 'auto' }, 'tool_use'],
    [{ type: 'any' }, 'tool_use'],
    [{ type: 'tool', name: 'get_weather' }, 'tool_use'],
    [{ type: 'none' }, 'end_turn'],
  ])('tool_choice %j', async (tool_choice, reason) => {
    expect((await client.messages.create({ ...base, tools: [weather], tool_choice })).stop_reason).toBe(reason);
  });

  test('structured output', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
      required: ['city', 'degrees'],
      additionalProperties: false,
    };
    const message = await client.messages.create({
      ...base,
      output_config: { format: { type: 'json_schema', schema } },
    });
    const [block] = message.content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toEqual({ city: 'mock', degrees: 1 });
  });

  test('count tokens', async () => {
    expect(await client.messages.countTokens({ model: MODEL, messages })).toEqual({ input_tokens: 7 });
  });
});

test('models', async () => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual([MODEL]);
  expect(await client.models.retrieve(MODEL)).toMatchObject({ type: 'model', id: MODEL });
});

describe('errors', () => {
  const failing = (fault: string, options: object = {}) =>
    clientOf(mock, options).messages.create(base, { headers: { 'x-mock-fault': fault } });

  test.each([
    ['400', Anthropic.BadRequestError],
    ['403', Anthropic.PermissionDeniedError],
    ['404', Anthropic.NotFoundError],
    ['429', Anthropic.RateLimitError],
    ['500', Anthropic.InternalServerError],
    ['529', Anthropic.InternalServerError],
    ['reset', Anthropic.APIConnectionError],
  ])('%s', async (fault, error) => {
    await expect(failing(fault)).rejects.toBeInstanceOf(error);
  });

  test('a wrong key, in the form of Anthropic', async () => {
    const error = await clientOf(mock, { apiKey: 'sk-wrong-key' })
      .messages.create(base)
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(error).toMatchObject({ status: 401, error: { type: 'error', error: { type: 'authentication_error' } } });
  });

  test('a request without max_tokens', async () => {
    const { max_tokens: _left, ...rest } = base;
    await expect(client.messages.create(rest as Anthropic.MessageCreateParamsNonStreaming)).rejects.toThrow(
      /max_tokens/,
    );
  });

  test('no answer in time', async () => {
    await expect(failing('stalled', { timeout: 200 })).rejects.toBeInstanceOf(Anthropic.APIConnectionTimeoutError);
  });

  test('a stream that breaks off', async () => {
    const stream = client.messages.stream(base, { headers: { 'x-mock-fault': 'cut' } });
    await expect(stream.finalMessage()).rejects.toThrow();
  });

  test('retries after 429 and 529', async () => {
    const flaky = await startMock('--contract', 'full', '--fault', '429(10ms):first=1', '--fault', '529(10ms):first=2');
    expect((await clientOf(flaky, { maxRetries: 2 }).messages.create(base)).stop_reason).toBe('end_turn');
    expect((await flaky.stats()).requests).toBe(3);
    await flaky.stop();
  });
});
