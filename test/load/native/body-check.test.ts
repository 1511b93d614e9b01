import { describe, expect, it } from 'vitest';
import { bodyCheck } from '../../../src/load/native/body-check.js';

const completion = (text = 'Hello') =>
  JSON.stringify({ object: 'chat.completion', choices: [{ message: { role: 'assistant', content: text } }] });
const STREAM = `data: ${JSON.stringify({ choices: [{ delta: { content: 'größe' } }] })}\n\ndata: [DONE]\n\n`;

/** Judges a text that lies in the middle of other bytes. */
function judge(stream: boolean) {
  const check = bodyCheck(stream);
  return (text: string) => {
    const bytes = Buffer.from(`before${text}after`);
    return check(bytes, 6, bytes.length - 5);
  };
}

describe('bodyCheck', () => {
  it('takes what is right, each time, of several lengths in turn', () => {
    const check = judge(false);
    for (let time = 0; time < 300; time += 1) expect(check(completion('x'.repeat(time % 90)))).toBe(true);
    const checkStream = judge(true);
    for (let time = 0; time < 300; time += 1) expect(checkStream(STREAM)).toBe(true);
  });

  it('parses, and rejects, a body of another length than any good one', () => {
    const check = judge(false);
    expect(check(completion())).toBe(true);
    expect(check(completion().slice(0, -1))).toBe(false);
    expect(check('')).toBe(false);
    expect(check('{}')).toBe(false);
  });

  it('rejects at once a body of a known length that begins or ends otherwise', () => {
    const check = judge(false);
    const good = completion();
    for (let time = 0; time < 5; time += 1) expect(check(good)).toBe(true);
    expect(check('x'.repeat(good.length))).toBe(false);
    expect(check(`${good.slice(0, -1)}x`)).toBe(false);
    expect(check(`x${good.slice(1)}`)).toBe(false);
    expect(judge(true)(STREAM.replace('[DONE]', '[GONE]'))).toBe(false);
  });

  it('rejects no good body for beginning otherwise than others of its length', () => {
    const check = judge(false);
    const one = { object: 'chat.completion', choices: [{ message: { content: 'Hi' } }] };
    const other = { choices: [{ message: { content: 'Hi' } }], object: 'chat.completion' };
    expect(JSON.stringify(one)).toHaveLength(JSON.stringify(other).length);
    for (let time = 0; time < 100; time += 1) {
      expect(check(JSON.stringify(one))).toBe(true);
      expect(check(JSON.stringify(other))).toBe(true);
    }
  });

  it('finds within 64 responses what only begins and ends right', () => {
    const check = judge(false);
    const good = completion('Hello');
    expect(check(good)).toBe(true);
    const wrong = good.replace('"choices"', '"chances"');
    const verdicts = Array.from({ length: 64 }, () => check(wrong));
    expect(verdicts).toContain(false);
  });
});
