import { describe, expect, it } from 'vitest';
import { responseCheck } from '../../src/load/response-check.js';

const completion = (text = 'Hello') =>
  JSON.stringify({ object: 'chat.completion', choices: [{ message: { role: 'assistant', content: text } }] });
const stream = (...chunks: string[]) => [...chunks, '[DONE]'].map((data) => `data: ${data}\n\n`).join('');
const chunk = '{"choices":[{"delta":{"content":"a"}}]}';

describe('responseCheck', () => {
  it('takes completions with keys added, in any order and with any spacing', () => {
    const check = responseCheck(false);
    const reordered = {
      provider: 'openai',
      choices: [{ message: { content: 'Hi', role: 'assistant' }, index: 0 }],
      object: 'chat.completion',
    };
    for (const body of [completion(), JSON.stringify(reordered), `\n${JSON.stringify(reordered, null, 2)}\n`]) {
      for (let time = 0; time < 200; time += 1) expect(check(body)).toBe(true);
    }
  });

  it('rejects a body of another length than any good one, at the first look', () => {
    const check = responseCheck(false);
    expect(check(completion())).toBe(true);
    expect(check(completion().slice(0, -1))).toBe(false);
    expect(check('{"choices":[]}')).toBe(false);
  });

  it('rejects another text of a known length where it looks wrong', () => {
    const check = responseCheck(false);
    const good = completion();
    for (let time = 0; time < 5; time += 1) expect(check(good)).toBe(true);
    expect(check('x'.repeat(good.length))).toBe(false);
    expect(check(`${good.slice(0, -1)}x`)).toBe(false);
  });

  it('finds within 64 responses what only looks right', () => {
    const check = responseCheck(false);
    const good = completion();
    check(good);
    const wrong = good.replace('"object"', '"subject"').replace('Hello', 'Hell');
    expect(wrong).toHaveLength(good.length);
    const verdicts = Array.from({ length: 64 }, () => check(wrong));
    expect(verdicts).toContain(false);
  });

  it('takes streams that end with [DONE], comments and event names included', () => {
    const check = responseCheck(true);
    for (const body of [
      stream(chunk, chunk),
      `: ping\n\nevent: message\n${stream(chunk)}`,
      stream(chunk).replaceAll('\n', '\r\n'),
    ]) {
      for (let time = 0; time < 200; time += 1) expect(check(body)).toBe(true);
    }
  });

  it.each([
    ['without [DONE]', `data: ${chunk}\n\n`],
    ['of nothing', stream()],
    ['with an error in it', stream(chunk, '{"error":{"message":"boom"}}')],
    ['that goes on after [DONE]', `${stream(chunk)}data: ${chunk}\n\n`],
    ['that is a completion', completion()],
  ])('rejects a stream %s', (_what, body) => {
    expect(responseCheck(true)(body)).toBe(false);
  });
});
