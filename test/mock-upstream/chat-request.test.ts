import { expect, test } from 'vitest';
import { decodeChatRequest } from '../../mock-upstream/chat-request.js';

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
