import { describe, expect, it } from 'vitest';
import { Scenario } from '../../../src/model/scenario.js';
import { chatRequest } from '../../../src/run/chat-request.js';
import { cellRequests, requestsOfLoad } from '../../../src/run/request/cell-requests.js';
import { noiseImage } from '../../../src/run/request/noise-image.js';

const SPEC = { path: '/v1/chat/completions', model: 'gpt-4o', headers: {} };
const RESPONSE = { retryForS: 0, object: 'required' as const };

function scenarioOf(request: object, upstream: object = {}): Scenario {
  return Scenario.parse({
    schemaVersion: 1,
    name: 'test',
    title: 'Test',
    load: { vus: [1], warmupS: 0, durationS: 1 },
    upstream: { latency: '1ms', ...upstream },
    request,
  });
}

function requestsOf(
  request: object,
  upstream: object = {},
  replayed: Parameters<typeof cellRequests>[4]['replayed'] = [],
) {
  return cellRequests(scenarioOf(request, upstream), SPEC, RESPONSE, {}, { seed: 7, replayed });
}

const HELLO = [{ role: 'user', content: 'Hello' }];

describe('the requests of a cell', () => {
  it('are one body, as ever, where nothing else is asked', () => {
    const { headers, body } = chatRequest(scenarioOf({ messages: HELLO, maxTokens: 50 }), SPEC, { authorization: 'x' });
    expect(body).toBe('{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_tokens":50}');
    expect(headers).toEqual({ 'content-type': 'application/json', accept: 'application/json', authorization: 'x' });
    expect(requestsOfLoad(requestsOf({ messages: HELLO })).mix).toBeUndefined();
  });

  it.each([1, 1000, 10_000, 100_000])(
    'have a prompt of %i tokens, four characters each, the same for a seed',
    (promptTokens) => {
      const [{ requests }] = requestsOf({ promptTokens }).classes;
      const { messages } = JSON.parse(requests[0].body);
      expect(messages).toHaveLength(1);
      expect(messages[0].content).toHaveLength(4 * promptTokens);
      expect(requestsOf({ promptTokens }).classes[0].requests[0].body).toBe(requests[0].body);
    },
  );

  it('have prompts of drawn sizes, within what they are drawn from', () => {
    const [{ requests }] = requestsOf({ promptTokens: 'uniform(10,20)' }).classes;
    const sizes = requests.map(({ body }) => JSON.parse(body).messages[0].content.length / 4);
    expect(new Set(sizes)).toEqual(new Set(Array.from({ length: 11 }, (_, index) => 10 + index)));
  });

  it('of a class have what it says, and else what the request says', () => {
    const { classes } = requestsOf({
      messages: HELLO,
      maxTokens: 9,
      classes: [
        { name: 'a', weight: 3 },
        { name: 'b', maxTokens: 5, messages: [{ role: 'user', content: 'Bye' }] },
        { name: 'c', promptTokens: 2 },
      ],
    });
    expect(classes.map(({ name, weight }) => [name, weight])).toEqual([
      ['a', 3],
      ['b', 1],
      ['c', 1],
    ]);
    const bodies = classes.map(({ requests }) => JSON.parse(requests[0].body));
    expect(bodies.map(({ max_tokens: most }) => most)).toEqual([9, 5, 9]);
    expect(bodies.map(({ messages }) => messages.length)).toEqual([1, 1, 2]);
    expect(bodies[1].messages[0].content).toBe('Bye');
  });

  it('have tools in the form of their dialect, and expect the first one to be called', () => {
    const tools = [{ name: 'get_weather' }];
    const chat = requestsOf({ messages: HELLO, tools }).classes[0].requests[0];
    expect(JSON.parse(chat.body).tools[0]).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    expect(chat.expected).toMatchObject({ call: 'get_weather', texts: null });
    const anthropic = requestsOf({ messages: HELLO, tools, dialect: 'anthropic-messages', toolChoice: 'none' });
    const [{ body, expected }] = anthropic.classes[0].requests;
    expect(JSON.parse(body)).toMatchObject({
      max_tokens: 4096,
      tools: [{ name: 'get_weather', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    });
    expect(expected.call).toBeUndefined();
  });

  it('have pictures of nearly the size they say', () => {
    const uri = noiseImage(100, 1);
    const png = Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');
    expect(Math.abs(png.length - 100 * 1024)).toBeLessThan(1024);
    const body = JSON.parse(requestsOf({ messages: HELLO, images: [{ sizeKib: 1 }] }).classes[0].requests[0].body);
    expect(body.messages[0].content.map(({ type }: { type: string }) => type)).toEqual(['text', 'image_url']);
  });

  it('of a file come in its order, with the model and the streaming of the run', () => {
    const requests = requestsOfLoad(
      requestsOf({ replay: 'x.jsonl', stream: true }, {}, [
        { kind: 'conversation', messages: [{ role: 'user', content: 'One' }] },
        { kind: 'body', dialect: 'openai-chat', body: { model: 'other', stream: false, seed: 3, messages: HELLO } },
        { kind: 'body', dialect: 'openai-chat', body: { messages: HELLO, tools: [{ function: { name: 'f' } }] } },
        { kind: 'body', dialect: 'openai-chat', body: { messages: HELLO, response_format: { type: 'json_object' } } },
      ]),
    );
    const sent = requests.mix?.classes[0]?.requests ?? [];
    expect(requests.mix?.order).toBe('in turn');
    expect(JSON.parse(sent[1]?.body ?? '')).toEqual({ model: 'gpt-4o', stream: true, seed: 3, messages: HELLO });
    expect(sent.map(({ expected }) => [expected.call, expected.texts === null])).toEqual([
      [undefined, false],
      [undefined, false],
      ['f', true],
      [undefined, true],
    ]);
  });

  it('of a trace have prompts of the recorded lengths, each another text, and ask for as much as was answered', () => {
    const lengths = { kind: 'lengths', inputTokens: 30, outputTokens: 12 } as const;
    const replay = { replay: 'x.jsonl', maxTokens: 99 };
    const [first, second] = requestsOf(replay, { outputTokens: 1000 }, [lengths, lengths]).classes[0].requests.map(
      ({ body, expected }) => ({ ...JSON.parse(body), texts: expected.texts }),
    );
    expect(first.messages[0].content).toHaveLength(120);
    expect(first.max_tokens).toBe(12);
    expect(first.texts.join('').split(' ')).toHaveLength(12);
    expect(second.messages[0].content).not.toBe(first.messages[0].content);
  });

  it('of a file in another dialect are refused, with what to do', () => {
    const body = { messages: HELLO };
    expect(() =>
      requestsOf({ replay: 'x.jsonl' }, {}, [{ kind: 'body', dialect: 'anthropic-messages', body }]),
    ).toThrow(/request 1 of the replayed file is one of anthropic-messages/);
  });
});

describe('a scenario', () => {
  it.each([
    [{}, 'say what is asked'],
    [{ classes: [{ name: 'a' }] }, 'say what is asked'],
    [{ messages: HELLO, classes: [{ name: 'a' }, { name: 'a' }] }, 'each name once'],
    [{ messages: HELLO, replay: 'x' }, 'the file of replay has the messages'],
    [{ promptTokens: 'uniform(9,3)' }, 'below its first'],
  ])('is refused for %o', (request, why) => {
    expect(() => scenarioOf(request)).toThrow(why);
  });

  it('is refused for answers of a length without a bound', () => {
    const upstream = { outputTokens: 'lognormal(p50=100,p99=800)' };
    expect(() => scenarioOf({ messages: HELLO }, upstream)).toThrow('needs maxTokens');
    expect(() => scenarioOf({ messages: HELLO, maxTokens: 500 }, upstream)).not.toThrow();
  });
});
