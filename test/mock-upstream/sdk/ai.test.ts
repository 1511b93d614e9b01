import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  embedMany,
  generateObject,
  generateText,
  RetryError,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type StartedMock, startMock } from '../started-mock.js';

const TEXT = 'Mock response from the gatebench upstream server.';
const schema = z.object({ city: z.string(), degrees: z.number() });
const weather = tool({
  description: 'The weather',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `21 degrees in ${city}`,
});

let mock: StartedMock;
let openai: ReturnType<typeof createOpenAI>;
beforeAll(async () => {
  mock = await startMock('--contract', 'full', '--stream-chunk-delay-ms', '1', '--api-key', 'sk-right');
  openai = createOpenAI({ baseURL: `${mock.origin}/v1`, apiKey: 'sk-right' });
});
afterAll(() => mock.stop());

/** The SDK's own choice is the Responses form. */
describe.each(['chat', 'responses'] as const)('%s', (api) => {
  const model = () => openai[api]('gpt-4o');
  const prompt = 'How is the weather in Bern?';

  test('generateText', async () => {
    const { text, usage, finishReason } = await generateText({ model: model(), prompt });
    expect([text, finishReason]).toEqual([TEXT, 'stop']);
    expect(usage).toMatchObject({ outputTokens: 7, totalTokens: 14 });
  });

  test('streamText', async () => {
    const result = streamText({ model: model(), prompt });
    const deltas: string[] = [];
    for await (const delta of result.textStream) deltas.push(delta);
    expect(deltas).toHaveLength(7);
    expect(deltas.join('')).toBe(TEXT);
    expect(await result.usage).toMatchObject({ outputTokens: 7 });
  });

  test('tools, until there is an answer', async () => {
    const { text, steps } = await generateText({
      model: model(),
      prompt,
      tools: { weather },
      stopWhen: stepCountIs(5),
    });
    expect(text).toBe(TEXT);
    expect(steps).toHaveLength(2);
    expect(steps[0]?.toolResults[0]).toMatchObject({ toolName: 'weather', output: '21 degrees in mock' });
  });

  test('tools, streamed', async () => {
    const result = streamText({ model: model(), prompt, tools: { weather }, toolChoice: 'required' });
    await result.consumeStream();
    expect(await result.toolCalls).toMatchObject([{ toolName: 'weather', input: { city: 'mock' } }]);
  });

  test('objects', async () => {
    const { object } = await generateObject({ model: model(), prompt, schema });
    expect(object).toEqual({ city: 'mock', degrees: 1 });
    const streamed = streamObject({ model: model(), prompt, schema });
    for await (const part of streamed.partialObjectStream) expect(part).toBeTypeOf('object');
    expect(await streamed.object).toEqual({ city: 'mock', degrees: 1 });
  });

  test('an error, with and without retries', async () => {
    const failing = (fault: string, maxRetries: number) =>
      generateText({ model: model(), prompt, maxRetries, headers: { 'x-mock-fault': fault } });
    const error = await failing('429', 0).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(APICallError.isInstance(error) && error.statusCode).toBe(429);
    expect(APICallError.isInstance(error) && error.isRetryable).toBe(true);
    const retried = await failing('429(1ms)', 1).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(RetryError.isInstance(retried)).toBe(true);
  });
});

test('embeddings', async () => {
  const { embeddings, usage } = await embedMany({
    model: openai.embedding('text-embedding-3-small'),
    values: ['a', 'b'],
  });
  expect(embeddings.map(({ length }) => length)).toEqual([1536, 1536]);
  expect(usage.tokens).toBe(2);
});

test('retries after 429, and waits as long as it is told to', async () => {
  const flaky = await startMock('--contract', 'full', '--fault', '429(10ms):first=1');
  const provider = createOpenAI({ baseURL: `${flaky.origin}/v1`, apiKey: 'any' });
  expect((await generateText({ model: provider('gpt-4o'), prompt: 'Hello' })).text).toBe(TEXT);
  expect((await flaky.stats()).requests).toBe(2);
  await flaky.stop();
});
