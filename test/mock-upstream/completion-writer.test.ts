import { afterEach, describe, expect, test, vi } from 'vitest';
import { CompletionWriter, completionBody, streamChunks, streamEnd } from '../../mock-upstream/completion-writer.js';

const MODEL = 'quo"te\\ \u0001 gpt-4ö 模型';

afterEach(() => vi.useRealTimers());

/** A response that came over the wire, a character for each byte. */
function read(wire: string) {
  const [head = '', body = ''] = wire.split('\r\n\r\n', 2);
  const fields = new Map(head.split('\r\n').map((line) => line.split(': ', 2) as [string, string]));
  return { head, fields, body: Buffer.from(body, 'latin1').toString('utf8') };
}

describe('a completion', () => {
  test.each([true, false])('over the wire, the connection kept: %s', (keepAlive) => {
    vi.useFakeTimers({ now: 1_700_000_000_400 });
    const { head, fields, body } = read(new CompletionWriter(MODEL, () => 0xdeadbeef).completion(keepAlive));
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(fields.get('Content-Type')).toBe('application/json');
    expect(fields.get('Content-Length')).toBe(String(Buffer.byteLength(body)));
    expect(fields.get('Connection')).toBe(keepAlive ? 'keep-alive' : 'close');
    expect(fields.get('Date')).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
    expect(JSON.parse(body)).toMatchObject({ id: 'chatcmpl-deadbeef', created: 1_700_000_000, model: MODEL });
  });

  test.each([
    [0, '00000000'],
    [1, '00000001'],
    [0x0a0b0c0d, '0a0b0c0d'],
    [0xffffffff, 'ffffffff'],
  ])('the id of %d', (drawn, digits) => {
    expect(new CompletionWriter('m', () => drawn).completion(true)).toContain(`"id":"chatcmpl-${digits}"`);
  });

  test('another second, another date; another id each time', () => {
    vi.useFakeTimers({ now: 1_700_000_000_999 });
    let id = 0;
    const writer = new CompletionWriter('m', () => ++id);
    const answers = [writer.completion(true), writer.completion(true)];
    vi.setSystemTime(1_700_000_001_000);
    answers.push(writer.completion(true));
    const told = answers.map((wire) => {
      const { fields, body } = read(wire);
      const { id, created } = JSON.parse(body) as { id: string; created: number };
      return [id, created, Date.parse(fields.get('Date') ?? '') / 1000];
    });
    expect(told).toEqual([
      ['chatcmpl-00000001', 1_700_000_000, 1_700_000_000],
      ['chatcmpl-00000002', 1_700_000_000, 1_700_000_000],
      ['chatcmpl-00000003', 1_700_000_001, 1_700_000_001],
    ]);
  });
});

describe('a stream', () => {
  test('in chunks: each part is one, and says its length in bytes', () => {
    const parts = new CompletionWriter(MODEL, () => 7).stream(true, true);
    expect(parts).toHaveLength(7);
    const { fields } = read(parts[0] ?? '');
    expect(fields.get('Transfer-Encoding')).toBe('chunked');
    expect(fields.get('Content-Type')).toBe('text/event-stream');
    const chunks = parts.map((part) => part.slice(part.lastIndexOf('\r\n\r\n', part.indexOf('data: ')) + 1));
    for (const [i, chunk] of chunks.entries()) {
      const [, size = '', data = ''] = /([0-9a-f]+)\r\n(data: .*\n\n)\r\n/s.exec(chunk) ?? [];
      expect(data.length, `chunk ${i}`).toBe(Number.parseInt(size, 16));
    }
    expect(parts.at(-1)).toMatch(/data: \[DONE\]\n\n\r\n0\r\n\r\n$/);
  });

  test('without chunks it is the events alone', () => {
    const parts = new CompletionWriter('m', () => 7).stream(false, false);
    const { fields, body } = read(parts.join('').replace(/\n\n/g, '\n'));
    expect(fields.has('Transfer-Encoding')).toBe(false);
    expect(fields.get('Connection')).toBe('close');
    expect(body.split('\n').filter(Boolean)).toHaveLength(8);
  });
});

const AWKWARD_MODEL = 'quo"te\\ \u2028 gpt-4ö';

function eventData(event: string): unknown {
  expect(event).toMatch(/^data: [^\r\n]*\n\n$/);
  return JSON.parse(event.slice('data: '.length));
}

describe('bodies', () => {
  test('a completion', () => {
    expect(JSON.parse(completionBody('chatcmpl-00000001', AWKWARD_MODEL, 1_700_000_000))).toEqual({
      id: 'chatcmpl-00000001',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: AWKWARD_MODEL,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Mock response from the gatebench upstream server.' },
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
    });
  });

  test('a stream: one word per event', () => {
    const events = streamChunks('chatcmpl-00000001', AWKWARD_MODEL, 1_700_000_000).map(eventData);
    expect(events).toEqual(
      ['Mock', ' streaming', ' response', ' from', ' benchmark', ' server.'].map((content) => ({
        id: 'chatcmpl-00000001',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: AWKWARD_MODEL,
        choices: [{ index: 0, delta: { content }, finish_reason: null }],
      })),
    );
  });

  test('the end of a stream: the finish reason, then [DONE]', () => {
    const [last, done, rest] = streamEnd('chatcmpl-00000001', 'gpt-4o', 1_700_000_000).split(/(?<=\n\n)/);
    expect(eventData(last ?? '')).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    });
    expect(done).toBe('data: [DONE]\n\n');
    expect(rest).toBeUndefined();
  });
});
