import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChatMemo, decodeChatRequest } from '../../mock-upstream/chat-request.js';

test.each([
  ['{"model":"gpt-4o","stream":true}', { model: 'gpt-4o', stream: true }],
  ['{"model":"gpt-4o"}', { model: 'gpt-4o', stream: false }],
  ['{}', { model: 'mock-gpt-4', stream: false }],
  ['{"model":"","stream":"true"}', { model: 'mock-gpt-4', stream: false }],
  ['{"model":7,"stream":1}', { model: 'mock-gpt-4', stream: false }],
])('%s', (body, decoded) => {
  expect(decodeChatRequest(body)).toEqual(decoded);
});

test.each([[''], ['{"model":'], ['hello'], ['[]'], ['"text"'], ['7'], ['null'], ['{} {}']])('not %s', (body) => {
  expect(decodeChatRequest(body)).toBeNull();
});

test('what it remembers changes nothing: each body is decoded as if it were the first', () => {
  const text = fc.constantFrom(
    '{"model":"a"}',
    '{"model":"b"}',
    '{"model":"a","stream":true}',
    '{"stream":true}',
    '',
    '{}',
    '[]',
    '{"model":',
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const memo = new ChatMemo(() => 0);
      const buffer = Buffer.alloc(100);
      for (const body of texts) {
        // Within a buffer that other bodies overwrite, as that of a server.
        buffer.fill('#').write(body, 3);
        const chat = memo.decode(buffer, 3, 3 + body.length);
        expect(chat && { model: chat.writer.model, stream: chat.stream }).toEqual(decodeChatRequest(body));
      }
    }),
  );
});

test('more models than it keeps get responses too', () => {
  const memo = new ChatMemo(() => 0);
  const models = Array.from({ length: 250 }, (_, i) => `model-${i}`);
  const written = [...models, ...models].map((model) => {
    const body = Buffer.from(JSON.stringify({ model }));
    return memo.decode(body, 0, body.length)?.writer.model;
  });
  expect(written).toEqual([...models, ...models]);
});
