import { expect, it } from 'vitest';
import { formatTitle } from '../../src/lib/format.js';

it.each([
  ['Kong OSS', '3.9.1', 'Kong OSS 3.9.1'],
  ['Bifrost', 'v1.4.12', 'Bifrost v1.4.12'],
  ['LiteLLM 1.108', '1.108.7', 'LiteLLM 1.108.7'],
  ['LiteLLM 1.108.7', '1.108.7', 'LiteLLM 1.108.7'],
  ['LiteLLM v1.108.7', 'v1.108.7', 'LiteLLM v1.108.7'],
  ['LiteLLM 1.108 (a worker per core)', '1.108.7', 'LiteLLM 1.108.7 (a worker per core)'],
  // Another number is part of the name.
  ['LiteLLM 1.10', '1.108.7', 'LiteLLM 1.10 1.108.7'],
  ['HTTP 2 Proxy', '2.1.0', 'HTTP 2 Proxy 2.1.0'],
  ['Direct (no gateway)', null, 'Direct (no gateway)'],
])('%s with version %s is "%s"', (title, version, text) => {
  expect(formatTitle(title, version)).toBe(text);
});
