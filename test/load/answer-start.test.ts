import { describe, expect, it } from 'vitest';
import { AnswerStart, TextEvents } from '../../src/load/answer-start.js';

const frame = (delta: object) => `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`;

/** After how many bytes of a body, that comes byte by byte, the answer has begun; null where it never does. */
function beginsAfter(stream: boolean, text: string): number | null {
  const start = new AnswerStart(stream ? new TextEvents() : null);
  const bytes = Buffer.from(text);
  for (let length = 0; length <= bytes.length; length += 1) if (start.foundIn(bytes, length)) return length;
  return null;
}

describe('AnswerStart', () => {
  it('is at the first byte of a completion', () => {
    expect(beginsAfter(false, '{}')).toBe(1);
  });

  it.each([
    ['a comment', ': OPENROUTER PROCESSING\n\n'],
    ['a frame with a role', frame({ role: 'assistant', content: '' })],
    ['an event with a name and no data', 'event: start\n\n'],
    ['a keep-alive of blank lines', '\n\n\n\n'],
  ])('is at the end of the first frame with text, behind %s', (_what, before) => {
    for (const first of [frame({ content: 'Hi' }), frame({ content: 'Hi' }).replaceAll('\n', '\r\n')]) {
      expect(beginsAfter(true, before + first + frame({ content: ' you' }))).toBe(before.length + first.length);
    }
  });

  it('is nowhere in a stream without text', () => {
    expect(beginsAfter(true, `${frame({})}data: [DONE]\n\n`)).toBeNull();
  });

  it('is found where several frames come at once, and sought anew in the next response', () => {
    const start = new AnswerStart(new TextEvents());
    const bytes = Buffer.from(frame({}) + frame({ content: 'Hi' }));
    expect(start.foundIn(bytes, bytes.length)).toBe(true);
    start.reset();
    expect(start.foundIn(bytes, 10)).toBe(false);
    expect(start.foundIn(bytes, bytes.length)).toBe(true);
  });

  it('is found in many streams of which the ids differ, and not where the text is called otherwise', () => {
    const textEvents = new TextEvents();
    const event = (id: number, name = 'content') =>
      Buffer.from(`data: {"id":"${String(id).padStart(8, '0')}","choices":[{"delta":{"${name}":"Hi"}}]}\n\n`);
    for (let id = 0; id < 200; id += 1) {
      const [text, other] = [event(id), event(id, 'contend')];
      expect(new AnswerStart(textEvents).foundIn(text, text.length)).toBe(true);
      expect(new AnswerStart(textEvents).foundIn(other, other.length)).toBe(false);
    }
  });
});
