import { describe, expect, test } from 'vitest';
import {
  completionBody,
  errorBody,
  modelsBody,
  streamChunks,
  streamEnd,
} from '../../mock-upstream/simple-responses.js';

const AWKWARD_MODEL = 'quo"te\\ \u2028 gpt-4ö';

function eventData(event: string): unknown {
  expect(event).toMatch(/^data: [^\r\n]*\n\n$/);
  return JSON.parse(event.slice('data: '.length));
}

describe('answers', () => {
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

  test('a stream: one word an event', () => {
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

  test('the end of a stream: the reason to stop, then the end mark', () => {
    const [last, done, rest] = streamEnd('chatcmpl-00000001', 'gpt-4o', 1_700_000_000).split(/(?<=\n\n)/);
    expect(eventData(last ?? '')).toMatchObject({
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
    });
    expect(done).toBe('data: [DONE]\n\n');
    expect(rest).toBeUndefined();
  });

  test('the models', () => {
    expect(JSON.parse(modelsBody(1_700_000_000))).toEqual({
      object: 'list',
      data: [{ id: 'mock-gpt-4', object: 'model', created: 1_700_000_000, owned_by: 'mock' }],
    });
  });

  test('an error, in the shape of OpenAI', () => {
    expect(JSON.parse(errorBody('no "x"'))).toEqual({
      error: { message: 'no "x"', type: 'invalid_request_error', param: null, code: null },
    });
  });
});
