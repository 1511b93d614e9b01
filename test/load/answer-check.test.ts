import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOCK_STREAM_TEXTS, MOCK_TEXT } from '../../common/mock-text.js';
import { completionBody, streamChunks, streamEnd } from '../../mock-upstream/completion-writer.js';
import { answerProblem, type ExpectedAnswer } from '../../src/lib/chat-response.js';
import { answerCheck, MAX_TEMPLATES, PARSE_EVERY } from '../../src/load/answer-check.js';

const COMPLETION: ExpectedAnswer = { stream: false, texts: [MOCK_TEXT] };
const STREAM: ExpectedAnswer = { stream: true, texts: MOCK_STREAM_TEXTS };

const hex = (id: number) => `chatcmpl-${id.toString(16).padStart(8, '0')}`;
const completion = (id = 1, created = 1_700_000_000) => completionBody(hex(id), 'gpt-4o', created);
const frames = (id = 1, created = 1_700_000_000) => [
  ...streamChunks(hex(id), 'gpt-4o', created),
  streamEnd(hex(id), 'gpt-4o', created),
];
const stream = (id?: number, created?: number) => frames(id, created).join('');

/** A check of texts, which lie in the middle of other bytes, and how many of them it parsed. */
function checkOf(expected: ExpectedAnswer, problemOf = (body: string) => answerProblem(body, expected)) {
  let parsed = 0;
  const check = answerCheck(expected, (body) => {
    parsed += 1;
    return problemOf(body);
  });
  const problem = (text: string) => {
    const bytes = Buffer.from(`before${text}after`);
    return check(bytes, 6, bytes.length - 5);
  };
  return { problem, parsed: () => parsed };
}

/** A check that has seen every digit of an id and of a time vary. */
function trained(expected: ExpectedAnswer) {
  const checked = checkOf(expected);
  const body = expected.stream ? stream : completion;
  for (const id of [0, 0x11111111, 0xffffffff]) expect(checked.problem(body(id, 1_700_000_000))).toBeNull();
  for (const created of [1_711_111_111, 1_722_222_222]) expect(checked.problem(body(7, created))).toBeNull();
  return checked;
}

describe('answerCheck', () => {
  it.each([
    ['completions', COMPLETION, completion],
    ['streams', STREAM, stream],
  ] as const)('parses few of the %s that differ in ids and times', (_what, expected, body) => {
    const { problem, parsed } = trained(expected);
    const before = parsed();
    for (let id = 0; id < 10 * PARSE_EVERY; id += 1)
      expect(problem(body(id * 6_543_211, 1_700_000_000 + id))).toBeNull();
    expect(parsed() - before).toBe(10);
  });

  it('finds each body that spells "choices" otherwise, at the same length', () => {
    const { problem } = trained(COMPLETION);
    for (let id = 0; id < 300; id += 2) {
      expect(problem(completion(id))).toBeNull();
      expect(problem(completion(id + 1).replace('choices', 'chOIces'))).toBe('it has no "choices"');
    }
  });

  it('finds each text that is altered or cut, at the same length', () => {
    const { problem } = trained(COMPLETION);
    const altered = completion().replace('gatebench', 'GATEBENCH');
    const cut = completion().replace(' server."', '"').replace('"usage"', '          "usage"');
    for (let time = 0; time < 100; time += 1) {
      expect(problem(completion())).toBeNull();
      expect(problem(altered)).toContain('its text is');
      expect(problem(cut)).toContain('cut off');
    }
  });

  it('finds each stream without text, with frames in another order, or without its end, at the same length', () => {
    const { problem } = trained(STREAM);
    const [first = '', second = '', third = '', ...rest] = frames();
    const padded = (text: string) =>
      text.replace('data: [DONE]', `:${'x'.repeat(stream().length - text.length - 3)}\n\ndata: [DONE]`);
    const wrong: [string, string][] = [
      ['no frame has text', padded('data: {"choices":[]}\n\ndata: [DONE]\n\n')],
      ['out of order', [first, third, second, ...rest].join('')],
      [
        'is missing: " response"',
        [
          first,
          second,
          third.replace(/"content":"[^"]*"/, (member) => `"nothing":"${'x'.repeat(member.length - 12)}"`),
          ...rest,
        ].join(''),
      ],
      ['does not end with [DONE]', stream().replace('[DONE]', '[GONE]')],
      ['finish_reason is missing', stream().replace('"stop"', 'null  ')],
    ];
    for (let time = 0; time < 100; time += 1) {
      expect(problem(stream(time))).toBeNull();
      for (const [words, body] of wrong) {
        expect(body).toHaveLength(stream().length);
        expect(problem(body)).toContain(words);
      }
    }
  });

  it('takes and refuses whatever parsing every body would, with every byte in doubt', () => {
    const shape = fc.constantFrom(...SHAPES);
    const mutation = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      byte: fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[]:, 019aeE-+.\n\t')), fc.nat(255)),
    });
    const step = fc.record({
      id: fc.nat(0xffffffff),
      created: fc.integer({ min: 1_000_000_000, max: 1_999_999_999 }),
      mutations: fc.oneof(fc.constant([]), fc.array(mutation, { minLength: 1, maxLength: 2 })),
    });
    // Few bodies would teach too little of what varies.
    const steps = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' });
    for (const expected of [COMPLETION, STREAM, { ...COMPLETION, texts: null }, { ...STREAM, texts: null }]) {
      fc.assert(
        fc.property(shape, steps, (shaped, bodies) => {
          const check = answerCheck(expected);
          for (const { id, created, mutations } of bodies) {
            const bytes = Buffer.from(shaped(expected.stream ? stream(id, created) : completion(id, created)));
            for (const { at, byte } of mutations) bytes[Math.floor(at * bytes.length)] = byte;
            expect(check(bytes, 0, bytes.length)).toBe(answerProblem(bytes.toString('utf8'), expected));
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  it('rejects no good body for its keys being in another order than in others of its length', () => {
    const { problem } = checkOf({ stream: false, texts: null });
    const one = JSON.stringify({ object: 'chat.completion', choices: [{ message: { content: 'Hi' } }] });
    const other = JSON.stringify({ choices: [{ message: { content: 'Hi' } }], object: 'chat.completion' });
    expect(one).toHaveLength(other.length);
    for (let time = 0; time < 100; time += 1) for (const body of [one, other]) expect(problem(body)).toBeNull();
  });

  it('parses every body beyond so many shapes, and still judges it', () => {
    const { problem, parsed } = checkOf(COMPLETION);
    const long = (more: number) => completion().replace('gpt-4o', 'x'.repeat(more));
    for (let more = 1; more <= MAX_TEMPLATES + 5; more += 1) expect(problem(long(more))).toBeNull();
    const before = parsed();
    for (let time = 0; time < 10; time += 1) expect(problem(long(MAX_TEMPLATES + 1))).toBeNull();
    expect(parsed() - before).toBe(10);
    for (let time = 0; time < 10; time += 1) expect(problem(long(1))).toBeNull();
    expect(parsed() - before).toBe(10);
    expect(problem(long(MAX_TEMPLATES + 1).replace('choices', 'chOIces'))).not.toBeNull();
  });

  it('forgets a template when a parsed body that matches it is wrong', () => {
    let wrong = false;
    const { problem } = checkOf(COMPLETION, () => (wrong ? 'wrong' : null));
    expect(problem(completion())).toBeNull();
    wrong = true;
    const verdicts = Array.from({ length: 2 * PARSE_EVERY }, () => problem(completion()));
    const first = verdicts.indexOf('wrong');
    expect(first).toBeLessThan(PARSE_EVERY);
    expect(verdicts.slice(first)).toEqual(Array.from({ length: verdicts.length - first }, () => 'wrong'));
  });
});

/** What gateways make of the mock's answers: more members of any kind, and blanks between them. */
const SHAPES: ((body: string) => string)[] = [
  (body) => body,
  (body) => body.replaceAll('{"id"', '{"took":0.031,"cost":-12e-3,"id"'),
  (body) => body.replaceAll('{"id"', '{"cached":false,"path":"a\\"b\\\\\\u00e9\\n","id"'),
  (body) => body.replaceAll('{"id"', '{ "größe" : "größe" , "none" : null , "id"'),
];
