import autocannon from 'autocannon';
import { expect, it } from 'vitest';
import { internalsOf } from '../../../src/load/autocannon/client-internals.js';
import { httpServer, respond } from '../workers/harness.js';

it('finds all it needs in the installed autocannon', async () => {
  const origin = await httpServer((_request, response) => respond(response));
  const errors: unknown[] = [];
  await autocannon({
    url: origin,
    connections: 1,
    amount: 1,
    setupClient: (client) => {
      try {
        internalsOf(client);
      } catch (error) {
        errors.push(error);
      }
    },
  });
  expect(errors).toEqual([]);
});

it('says what another autocannon lacks', () => {
  const client = { _connect: () => undefined, destroy: () => undefined, parser: { execute: 'no function' } };
  expect(() => internalsOf(client)).toThrow(/_doRequest, .*parser\.execute.*written for autocannon 9/);
});
