import OpenAI, { AzureOpenAI } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type StartedMock, startMock } from '../started-mock.js';

const TEXT = 'Mock response from the gatebench upstream server.';
const MODEL = 'mock-gpt-4';
const Weather = z.object({
  city: z.string(),
  degrees: z.number(),
  sky: z.enum(['clear', 'cloudy']),
  note: z.string().nullable(),
});

let mock: StartedMock;
let client: OpenAI;
beforeAll(async () => {
  mock = await startMock('--contract', 'full', '--stream-chunk-delay-ms', '1', '--api-key', 'sk-right');
  client = clientOf(mock);
});
afterAll(() => mock.stop());

function clientOf({ origin }: StartedMock, options: object = {}): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'sk-right', maxRetries: 0, ...options });
}

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'How is the weather in Bern?' }];
const weatherTool = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

describe('chat completions', () => {
  test('create', async () => {
    const completion = await client.chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.message).toMatchObject({ role: 'assistant', content: TEXT });
    expect(completion.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 7, total_tokens: 14 });
    expect(completion._request_id).toMatch(/^req_/);
  });

  test('a stream', async () => {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage;
    }
    expect(text).toBe(TEXT);
    expect(usage?.total_tokens).toBe(14);
  });

  test('the stream helper', async () => {
    const stream = client.chat.completions.stream({
      model: MODEL,
      messages,
      n: 2,
      stream_options: { include_usage: true },
    });
    const deltas: string[] = [];
    stream.on('content', (delta) => deltas.push(delta));
    const completion = await stream.finalChatCompletion();
    expect(completion.choices.map(({ message }) => message.content)).toEqual([TEXT, TEXT]);
    expect(deltas.length).toBeGreaterThanOrEqual(7);
    expect((await stream.totalUsage()).completion_tokens).toBe(14);
  });

  test('the stream helper can not do without the role, which the published contract leaves out', async () => {
    const published = await startMock('--stream-chunk-delay-ms', '0');
    const stream = clientOf(published).chat.completions.stream({ model: MODEL, messages });
    await expect(stream.finalChatCompletion()).rejects.toThrow(/role/);
    await published.stop();
  });

  test('a helper that runs tools until there is an answer', async () => {
    const asked: string[] = [];
    const runner = client.chat.completions.runTools({
      model: MODEL,
      messages,
      tools: [
        {
          type: 'function',
          function: {
            ...weatherTool.function,
            description: 'The weather of a city',
            parse: JSON.parse,
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return '21 degrees';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe(TEXT);
    expect(asked).toEqual(['mock']);
  });

  test('tools, streamed', async () => {
    const stream = client.chat.completions.stream({
      model: MODEL,
      messages,
      tools: [weatherTool],
      tool_choice: 'required',
    });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.tool_calls?.[0]).toMatchObject({
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"mock"}' },
    });
  });

  test('structured output', async () => {
    const completion = await client.chat.completions.parse({
      model: MODEL,
      messages,
      response_format: zodResponseFormat(Weather, 'weather'),
    });
    expect(Weather.parse(completion.choices[0]?.message.parsed)).toEqual(completion.choices[0]?.message.parsed);
  });
});

describe('responses', () => {
  test('create', async () => {
    const response = await client.responses.create({ model: MODEL, input: 'Hello', instructions: 'Be brief.' });
    expect(response).toMatchObject({ status: 'completed', output_text: TEXT, usage: { output_tokens: 7 } });
  });

  test('max_output_tokens', async () => {
    const response = await client.responses.create({ model: MODEL, input: 'Hello', max_output_tokens: 2 });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'Mock response',
    });
  });

  test('a stream', async () => {
    const types: string[] = [];
    const numbers: number[] = [];
    for await (const event of await client.responses.create({ model: MODEL, input: 'Hello', stream: true })) {
      types.push(event.type);
      numbers.push(event.sequence_number);
    }
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      ...Array.from({ length: 7 }, () => 'response.output_text.delta'),
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });

  test('the stream helper', async () => {
    const stream = client.responses.stream({ model: MODEL, input: 'Hello' });
    const response = await stream.finalResponse();
    expect(response.output_text).toBe(TEXT);
  });

  test('tools, and the answer after their result', async () => {
    const tools: OpenAI.Responses.Tool[] = [
      {
        type: 'function',
        name: 'get_weather',
        strict: true,
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        },
      },
    ];
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: 'How is the weather?' }];
    const first = await client.responses.stream({ model: MODEL, input, tools }).finalResponse();
    const call = first.output.find((item) => item.type === 'function_call');
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"mock"}' });
    const second = await client.responses.create({
      model: MODEL,
      tools,
      input: [
        ...input,
        ...(call ? [call, { type: 'function_call_output' as const, call_id: call.call_id, output: '21' }] : []),
      ],
    });
    expect(second.output_text).toBe(TEXT);
  });

  test('structured output', async () => {
    const response = await client.responses.parse({
      model: MODEL,
      input: 'Hello',
      text: { format: zodTextFormat(Weather, 'weather') },
    });
    expect(Weather.parse(response.output_parsed)).toEqual(response.output_parsed);
  });
});

test('embeddings', async () => {
  const { data, usage } = await client.embeddings.create({ model: MODEL, input: ['one', 'two', 'one'], dimensions: 8 });
  expect(data.map(({ embedding }) => embedding.length)).toEqual([8, 8, 8]);
  expect(data[0]?.embedding).toEqual(data[2]?.embedding);
  expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
  expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
  expect(usage.prompt_tokens).toBe(3);
  const floats = await client.embeddings.create({
    model: MODEL,
    input: 'one',
    dimensions: 8,
    encoding_format: 'float',
  });
  expect(floats.data[0]?.embedding.map(Math.fround)).toEqual(data[0]?.embedding.map(Math.fround));
});

test('completions', async () => {
  const completion = await client.completions.create({ model: MODEL, prompt: ['a', 'b'], max_tokens: 3 });
  expect(completion.choices).toMatchObject([
    { index: 0, text: 'Mock response from', finish_reason: 'length' },
    { index: 1 },
  ]);
  let text = '';
  for await (const chunk of await client.completions.create({ model: MODEL, prompt: 'a', stream: true }))
    text += chunk.choices[0]?.text ?? '';
  expect(text).toBe(TEXT);
});

test('models', async () => {
  const ids: string[] = [];
  for await (const model of client.models.list()) ids.push(model.id);
  expect(ids).toEqual([MODEL]);
  expect((await client.models.retrieve(MODEL)).id).toBe(MODEL);
});

test('Azure', async () => {
  const azure = new AzureOpenAI({
    endpoint: mock.origin,
    apiKey: 'sk-right',
    apiVersion: '2024-10-21',
    deployment: 'my-gpt',
  });
  const completion = await azure.chat.completions.create({ model: '', messages });
  expect(completion).toMatchObject({ model: 'my-gpt', choices: [{ message: { content: TEXT } }] });
  const embedding = await azure.embeddings.create({ model: 'my-embedder', input: 'a' });
  expect(embedding.data[0]?.embedding).toHaveLength(1536);
});

describe('errors', () => {
  const failing = (fault: string, options: object = {}) =>
    clientOf(mock, options).chat.completions.create({ model: MODEL, messages }, { headers: { 'x-mock-fault': fault } });

  test.each([
    ['400', OpenAI.BadRequestError],
    ['403', OpenAI.PermissionDeniedError],
    ['404', OpenAI.NotFoundError],
    ['409', OpenAI.ConflictError],
    ['422', OpenAI.UnprocessableEntityError],
    ['429', OpenAI.RateLimitError],
    ['500', OpenAI.InternalServerError],
    ['503', OpenAI.InternalServerError],
    ['reset', OpenAI.APIConnectionError],
  ])('%s', async (fault, error) => {
    await expect(failing(fault)).rejects.toBeInstanceOf(error);
  });

  test('a wrong key', async () => {
    const error = await clientOf(mock, { apiKey: 'sk-wrong-key' })
      .models.list()
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });
  });

  test('a model that is none', async () => {
    await expect(client.models.retrieve('gpt-99')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('no answer in time', async () => {
    await expect(failing('stalled', { timeout: 200 })).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  });

  test('a stream that breaks off', async () => {
    const stream = await client.chat.completions.create(
      { model: MODEL, messages, stream: true },
      { headers: { 'x-mock-fault': 'cut' } },
    );
    const read = async () => {
      for await (const chunk of stream) expect(chunk.id).toBeTruthy();
    };
    await expect(read()).rejects.toThrow();
  });

  test('retries after 429 and 500, as often as it is told to', async () => {
    const flaky = await startMock('--contract', 'full', '--fault', '429(10ms):first=1', '--fault', '500:first=2');
    const completion = await clientOf(flaky, { maxRetries: 2 }).chat.completions.create({ model: MODEL, messages });
    expect(completion.choices[0]?.message.content).toBe(TEXT);
    expect((await flaky.stats()).requests).toBe(3);
    await flaky.stop();
  });
});
