import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChatMemo } from '../../mock-upstream/chat-memo.js';
import { decodeChatRequest } from '../../mock-upstream/chat-request.js';

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

test('more models than it keeps are answered too', () => {
  const memo = new ChatMemo(() => 0);
  const models = Array.from({ length: 250 }, (_, i) => `model-${i}`);
  const answered = [...models, ...models].map((model) => {
    const body = Buffer.from(JSON.stringify({ model }));
    return memo.decode(body, 0, body.length)?.writer.model;
  });
  expect(answered).toEqual([...models, ...models]);
});
