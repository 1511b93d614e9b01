import { expect, test } from 'vitest';
import { errorBody } from '../../mock-upstream/responses.js';
import { modelsBody } from '../../mock-upstream/routes.js';

test('the models', () => {
  expect(JSON.parse(modelsBody(['mock-gpt-4', 'gpt-4o'], 1_700_000_000))).toEqual({
    object: 'list',
    data: [
      { id: 'mock-gpt-4', object: 'model', created: 1_700_000_000, owned_by: 'mock' },
      { id: 'gpt-4o', object: 'model', created: 1_700_000_000, owned_by: 'mock' },
    ],
  });
});

test('an error, in the shape of OpenAI', () => {
  expect(JSON.parse(errorBody('no "x"'))).toEqual({
    error: { message: 'no "x"', type: 'invalid_request_error', param: null, code: null },
  });
});
