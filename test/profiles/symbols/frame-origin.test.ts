import { expect, it } from 'vitest';
import { packageOfFile } from '../../../src/profiles/symbols/frame-origin.js';

it.each([
  ['/srv/a/node_modules/hono/dist/node.js', 'hono'],
  ['/srv/a/node_modules/x/node_modules/@hono/node-server/dist/index.mjs', '@hono/node-server'],
  ['node:internal/deps/undici/undici', 'node'],
  ['/srv/v/lib/python3.11/site-packages/litellm/proxy/auth/user_api_key_auth.py', 'litellm'],
  ['/usr/lib/python3/dist-packages/six.py', 'six'],
  ['/usr/lib/python3.11/json/decoder.py', 'python'],
  ['<frozen importlib._bootstrap>', 'python'],
  ['/srv/app/main.py', null],
  ['/srv/app/index.js', null],
])('%s belongs to %s', (file, expected) => {
  expect(packageOfFile(file)).toBe(expected);
});
