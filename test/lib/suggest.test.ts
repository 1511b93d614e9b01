import { expect, it } from 'vitest';
import { suggestion } from '../../src/lib/suggest.js';

const KNOWN = ['kong', 'litellm', 'portkey', 'wrk'];

it.each([
  ['portkye', 'portkey'],
  ['lite-llm', 'litellm'],
  ['kon', 'kong'],
])('%s is near enough to suggest %s', (name, near) =>
  expect(suggestion(name, KNOWN)).toBe(`did you mean ${near}? There are: kong, litellm, portkey, wrk`),
);

it.each(['../x', '', 'x', 'nginx', '/etc/passwd', 'k'.repeat(300)])('nothing is near %j', (name) =>
  expect(suggestion(name, KNOWN)).toBe('there are: kong, litellm, portkey, wrk'),
);

it('says where there is nothing to choose from', () => expect(suggestion('x', [])).toBe('there are none'));
