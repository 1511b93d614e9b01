import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedMock, startMock } from '../started-mock.js';

const TEXT = 'Mock response from the gatebench upstream server.';
const model = 'gemini-mock';
const contents = 'How is the weather in Bern?';

let mock: StartedMock;
let client: GoogleGenAI;
beforeAll(async () => {
  mock = await startMock('--contract', 'full', '--stream-chunk-delay-ms', '1', '--api-key', 'right', '--models', model);
  client = clientOf('right');
});
afterAll(() => mock.stop());

function clientOf(apiKey: string, headers: Record<string, string> = {}): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: mock.origin, headers } });
}

test('generateContent', async () => {
  const response = await client.models.generateContent({ model, contents, config: { systemInstruction: 'Be brief.' } });
  expect(response.text).toBe(TEXT);
  expect(response.candidates?.[0]?.finishReason).toBe('STOP');
  expect(response.usageMetadata).toMatchObject({ promptTokenCount: 10, candidatesTokenCount: 7, totalTokenCount: 17 });
});

test('maxOutputTokens and candidateCount', async () => {
  const response = await client.models.generateContent({
    model,
    contents,
    config: { maxOutputTokens: 2, candidateCount: 2 },
  });
  expect(response.candidates?.map(({ finishReason }) => finishReason)).toEqual(['MAX_TOKENS', 'MAX_TOKENS']);
});

test('a stream', async () => {
  const texts: (string | undefined)[] = [];
  for await (const chunk of await client.models.generateContentStream({ model, contents })) texts.push(chunk.text);
  expect(texts).toHaveLength(7);
  expect(texts.join('')).toBe(TEXT);
});

test('a stream without events is a JSON array', async () => {
  const response = await fetch(`${mock.origin}/v1beta/models/${model}:streamGenerateContent?key=right`, {
    method: 'POST',
    body: JSON.stringify({ contents: [{ parts: [{ text: contents }] }] }),
  });
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toHaveLength(7);
});

test('tools', async () => {
  const functionDeclarations = [
    { name: 'get_weather', parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } } },
  ];
  const ask = (mode: FunctionCallingConfigMode) =>
    client.models.generateContent({
      model,
      contents,
      config: { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig: { mode } } },
    });
  expect((await ask(FunctionCallingConfigMode.ANY)).functionCalls).toMatchObject([
    { name: 'get_weather', args: { city: 'mock' } },
  ]);
  expect((await ask(FunctionCallingConfigMode.NONE)).functionCalls).toBeUndefined();
});

test('structured output', async () => {
  const responseSchema = {
    type: Type.OBJECT,
    properties: { city: { type: Type.STRING }, degrees: { type: Type.INTEGER } },
    required: ['city', 'degrees'],
  };
  const response = await client.models.generateContent({
    model,
    contents,
    config: { responseMimeType: 'application/json', responseSchema },
  });
  expect(JSON.parse(response.text ?? '')).toEqual({ city: 'mock', degrees: 1 });
});

test('embeddings, tokens and models', async () => {
  const { embeddings } = await client.models.embedContent({
    model,
    contents: ['a', 'b'],
    config: { outputDimensionality: 8 },
  });
  expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
  expect((await client.models.countTokens({ model, contents })).totalTokens).toBe(7);
  expect(await client.models.get({ model })).toMatchObject({ name: `models/${model}` });
});

test.each([
  ['429', 429],
  ['500', 500],
  ['503', 503],
])('errors: %s', async (fault, status) => {
  const error = await clientOf('right', { 'x-mock-fault': fault })
    .models.generateContent({ model, contents })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status });
});

test('a wrong key', async () => {
  const error = await clientOf('wrong-key')
    .models.generateContent({ model, contents })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  expect(error).toMatchObject({ status: 400, message: expect.stringContaining('API key not valid') });
});
