import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerPart } from '../../../src/lib/chat-response.js';
import { eventData } from '../../../src/lib/server-sent-events.js';
import { ExpectedFrames, FrameReader } from '../../../src/load/streams/frame-reader.js';

const frame = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ ...more, choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';

/** A stream as an upstream writes it, the role in the first delta. */
function streamOf(texts: readonly string[], id = 'chatcmpl-1'): string {
  const frames = texts.map((content, at) => frame(at === 0 ? { role: 'assistant', content } : { content }, { id }));
  return `${frames.join('')}${frame({}, { id })}${DONE}`;
}

function readerOf(texts: readonly string[] | null): FrameReader {
  const reader = new FrameReader(new ExpectedFrames(texts));
  reader.begin();
  return reader;
}

/** After how many bytes of a body, that comes byte by byte, each frame is found. */
function foundAfter(reader: FrameReader, text: string): number[] {
  const bytes = Buffer.from(text);
  const found: number[] = [];
  for (let length = 0; length <= bytes.length; length += 1) {
    for (let frames = reader.read(bytes, 0, length); frames > 0; frames -= 1) found.push(length);
  }
  return found;
}

describe('FrameReader', () => {
  it.each([
    ['a comment', ': OPENROUTER PROCESSING\n\n'],
    ['a frame with a role', frame({ role: 'assistant', content: '' })],
    ['an event with a name and no data', 'event: start\n\n'],
    ['a keep-alive of blank lines', '\n\n\n\n'],
  ])('finds each frame with text at its end, behind %s', (_what, before) => {
    for (const ends of ['\n', '\r\n', '\r']) {
      const [first, second] = [frame({ content: 'Hi' }), frame({ content: ' you' })].map((text) =>
        text.replaceAll('\n', ends),
      );
      const start = before.replaceAll('\n', ends);
      const at = start.length + (first?.length ?? 0);
      expect(foundAfter(readerOf(['Hi', ' you']), `${start}${first}${second}`)).toEqual([
        at,
        at + (second?.length ?? 0),
      ]);
    }
  });

  it('finds none in a stream without text, and the call of a tool as one', () => {
    expect(foundAfter(readerOf(null), `${frame({})}${DONE}`)).toEqual([]);
    expect(foundAfter(readerOf(null), frame({ tool_calls: [{ index: 0 }] }))).toHaveLength(1);
  });

  it('reads a body from where it begins among other bytes, and begins anew with the next answer', () => {
    const texts = ['Hi', ' you', ' there'];
    const reader = readerOf(texts);
    for (const id of ['chatcmpl-1', 'chatcmpl-22']) {
      reader.begin();
      const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${streamOf(texts, id)}`);
      expect(reader.read(bytes, 19, bytes.length)).toBe(3);
      expect([reader.matched, reader.strays]).toEqual([3, []]);
    }
  });

  it('tells what came otherwise from the first unexpected text on', () => {
    const reader = readerOf(['a', 'b', 'c', 'd']);
    const bytes = Buffer.from(streamOf(['a', 'c', 'b', 'd']));
    expect(reader.read(bytes, 0, bytes.length)).toBe(4);
    expect([reader.matched, reader.strays, reader.count]).toEqual([1, ['c', 'b', 'd'], 4]);
  });

  it('does not take a text for the frame’s that stands elsewhere in it', () => {
    const reader = readerOf(['x', 'x', 'x']);
    // The text is also the last value of the frame, where it isn't the text.
    const body = ['x', 'x', 'y'].map((content) => frame({ content }).replace('null', '"x"')).join('');
    reader.read(Buffer.from(body), 0, body.length);
    expect([reader.matched, reader.strays]).toEqual([2, ['y']]);
  });

  it('finds the same whatever the bytes of frames are and wherever they are cut', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 });
    const cases = fc.record({
      texts: fc.array(text, { minLength: 1, maxLength: 8 }),
      seen: fc.array(text, { maxLength: 8 }),
      asSent: fc.boolean(),
      cuts: fc.array(fc.nat(2000), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(cases, ({ texts, seen, asSent, cuts }) => {
        const came = asSent ? texts : seen;
        const bytes = Buffer.from(streamOf(came));
        const reader = readerOf(texts);
        let frames = 0;
        for (const cut of [...cuts, bytes.length].map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b)) {
          frames += reader.read(bytes, 0, cut);
        }
        expect(frames).toBe(came.length);
        const right = came.findIndex((each, at) => each !== texts[at]);
        expect(reader.matched).toBe(right < 0 ? came.length : right);
        expect(reader.strays).toEqual(right < 0 ? [] : came.slice(right));
      }),
    );
  });

  it('finds as many frames as a parser does where texts are not known, wherever they are cut', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 5 });
    const odd = fc.constantFrom(
      frame({ content: '' }),
      frame({ role: 'assistant' }),
      frame({ content: null }),
      frame({ tool_calls: [{ index: 0 }] }),
      frame({ content: 'x' }, { id: 'another' }),
      'data: {"choices":[{"delta":{"content":"cut"\n\n',
      ': a comment\n\n',
      // No JSON: the string goes on behind its end, and a character in it may not stand there.
      frame({ content: 'x' }).replace('"x"', '"x\\"'),
      frame({ content: 'x' }).replace('"x"', '"\t"'),
      frame({ content: 'x' }).replaceAll('\n', '\r\n'),
    );
    const event = fc.oneof(
      { weight: 4, arbitrary: text.map((content) => frame({ content })) },
      { weight: 1, arbitrary: odd },
    );
    const cases = fc.record({
      events: fc.array(event, { maxLength: 12 }),
      cuts: fc.array(fc.nat(2000), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(cases, ({ events, cuts }) => {
        const bytes = Buffer.from(events.join(''));
        const parsed = events.flatMap((each) => eventData(each)).filter((data) => answerPart(data) !== null);
        const reader = readerOf(null);
        let frames = 0;
        for (const cut of [...cuts, bytes.length].map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b)) {
          frames += reader.read(bytes, 0, cut);
        }
        expect([frames, reader.count]).toEqual([parsed.length, parsed.length]);
      }),
    );
  });

  it('takes a string that only looks like its end, or like another field, for what a parser takes it for', () => {
    for (const content of ['\\"}', '","content":"', '\n\n', 'a\u0000b', '\ud800', '"', '\\']) {
      const body = [
        frame({ content: 'plain' }),
        frame({ content: 'plain' }),
        frame({ content }),
        frame({ content: 'z' }),
      ];
      const bytes = Buffer.from(body.join(''));
      expect(readerOf(null).read(bytes, 0, bytes.length)).toBe(4);
    }
  });
});
