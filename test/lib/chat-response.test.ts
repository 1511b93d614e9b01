import { describe, expect, it } from 'vitest';
import { MOCK_STREAM_TEXTS, MOCK_TEXT } from '../../common/mock-text.js';
import { completionBody, streamChunks, streamEnd } from '../../mock-upstream/completion-writer.js';
import { answerProblem, isChatCompletion } from '../../src/lib/chat-response.js';

const completion = (content: unknown) =>
  JSON.stringify({ object: 'chat.completion', choices: [{ message: { content } }] });
const frame = (content?: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ delta: content === undefined ? {} : { content }, finish_reason: finish }] })}\n\n`;
const END = `${frame(undefined, 'stop')}data: [DONE]\n\n`;

describe('answerProblem of a completion', () => {
  const problemOf = (body: string) => answerProblem(body, { stream: false, texts: ['Hello there'] });

  it('has none with the upstream’s text, whatever keys were added or moved', () => {
    const moved = {
      provider: 'x',
      choices: [{ message: { content: 'Hello there', role: 'assistant' } }],
      object: 'chat.completion',
    };
    for (const body of [completion('Hello there'), JSON.stringify(moved), `\n${JSON.stringify(moved, null, 2)}\n`]) {
      expect(problemOf(body)).toBeNull();
    }
  });

  it.each([
    ['another spelling of a key', completion('Hello there').replace('choices', 'chOIces'), 'it has no "choices"'],
    ['no JSON', completion('Hello there').slice(0, -1), 'it is not JSON'],
    ['no object', '["a"]', 'it is no JSON object'],
    ['an error', '{"error":{}}', 'it has no "object" and no "choices"'],
    ['a missing object', completion('Hello there').replace('"object"', '"kind"'), 'it has no "object"'],
    ['another object', '{"object":"list","choices":[]}', 'its "object" is "list", not "chat.completion"'],
    ['an object of another type', '{"object":null,"choices":[]}', 'its "object" is null, not "chat.completion"'],
    [
      'choices of another type',
      '{"object":"chat.completion","choices":{"0":1}}',
      'its "choices" is {"0":1}, not a list',
    ],
    ['no choice', '{"object":"chat.completion","choices":[]}', 'its "choices" is empty'],
    ['no message', '{"object":"chat.completion","choices":[{"delta":{}}]}', 'its choices[0] has no "message"'],
    ['no content', completion(undefined), 'its choices[0].message has no "content"'],
    ['no text', completion(''), 'its choices[0].message.content is ""'],
    ['null for a text', completion(null), 'its choices[0].message.content is null'],
    ['a text that was cut', completion('Hello'), 'its text is cut off after 5 of 11 characters'],
    ['another text', completion('Hello World'), 'its text is "Hello World", not "Hello there"'],
  ])('tells %s', (_what, body, problem) => {
    expect(problemOf(body)).toBe(problem);
  });

  it('has none without an object where it is optional, and another object is still wrong', () => {
    const problem = (body: string) =>
      answerProblem(body, { stream: false, texts: ['Hello there'], objectOptional: true });
    const without = completion('Hello there').replace('"object":"chat.completion",', '');
    expect(problemOf(without)).toBe('it has no "object"');
    expect(problem(without)).toBeNull();
    expect(problem(completion('Hello there'))).toBeNull();
    expect(problem(completion('Hello there').replace('chat.completion', 'error'))).toContain('its "object" is "error"');
    expect(problem('{"error":{}}')).toBe('it has no "choices"');
  });

  it('takes any text, or the call of a tool, where the upstream’s text isn’t known', () => {
    expect(isChatCompletion(completion('whatever'))).toBe(true);
    expect(
      isChatCompletion('{"object":"chat.completion","choices":[{"message":{"content":null,"tool_calls":[]}}]}'),
    ).toBe(true);
    expect(isChatCompletion(completion(null))).toBe(false);
  });
});

describe('answerProblem of a stream', () => {
  const TEXTS = ['One', ' two', ' three', ' four'];
  const problemOf = (body: string) => answerProblem(body, { stream: true, texts: TEXTS });
  const frames = (...texts: string[]) => texts.map((text) => frame(text)).join('');
  const whole = frames(...TEXTS) + END;

  it.each([
    ['a whole stream', whole],
    ['comments and event names', `: ping\n\nevent: message\n${whole}`],
    ['lines that end with CR LF', whole.replaceAll('\n', '\r\n')],
    ['data of several lines', whole.replaceAll('"choices":', '\ndata: "choices":')],
    [
      'frames without text: a role first, usage last',
      frame('') + frame() + whole.replace('data: [DONE]', 'data: {"choices":[],"usage":{}}\n\ndata: [DONE]'),
    ],
  ])('has none: %s', (_what, body) => {
    expect(problemOf(body)).toBeNull();
  });

  it.each([
    ['no text', 'data: {"choices":[]}\n\ndata: [DONE]\n\n', 'no frame has text'],
    ['empty texts', frame('') + END, 'no frame has text'],
    ['no [DONE]', frames(...TEXTS), 'the stream does not end with [DONE]'],
    ['more behind [DONE]', whole + frame('x'), 'the stream goes on after [DONE]'],
    ['an error', `${frame('One')}data: {"error":{}}\n\ndata: [DONE]\n\n`, 'frame 2 has no "choices"'],
    ['two frames in one event', whole.replace('}\n\ndata: {', '}\ndata: {'), 'frame 1 is not JSON'],
    ['a dropped frame', frames('One', ' three', ' four') + END, 'frame 2 of 4 with text is missing: " two"'],
    ['a dropped first frame', frames(' two', ' three', ' four') + END, 'frame 1 of 4 with text is missing: "One"'],
    ['a dropped last frame', frames('One', ' two', ' three') + END, 'frame 4 of 4 with text is missing: " four"'],
    ['a dropped end', `${frames(...TEXTS)}data: [DONE]\n\n`, 'the frame with the finish_reason is missing'],
    [
      'a repeated frame',
      frames('One', ' two', ' two', ' three', ' four') + END,
      'frame 3 with text is a repetition: " two"',
    ],
    ['a repeated last frame', frames(...TEXTS, ' four') + END, 'frame 5 with text is a repetition: " four"'],
    ['a repeated end', `${frames(...TEXTS)}${frame(undefined, 'stop')}${END}`, '2 frames have a finish_reason'],
    [
      'frames out of order',
      frames('One', ' three', ' two', ' four') + END,
      'frame 2 of 4 with text is out of order: " three" came before " two"',
    ],
    [
      'merged frames',
      frames('One', ' two three', ' four') + END,
      'frame 2 of 4 with text is merged with the next: " two three"',
    ],
    ['a split frame', frames('One', ' t', 'wo', ' three', ' four') + END, 'frame 2 of 4 with text is split: " t"'],
    [
      'an altered frame',
      frames('One', ' too', ' three', ' four') + END,
      'frame 2 of 4 with text is " too", not " two"',
    ],
    [
      'a frame of its own',
      frames('One', ' two', ' x', ' three', ' four') + END,
      'frame 3 with text is one too many: " x"',
    ],
    [
      'text behind the end',
      whole.replace('data: [DONE]', `${frame('!')}data: [DONE]`),
      'frame 6 has text behind the finish_reason',
    ],
  ])('tells %s', (_what, body, problem) => {
    expect(problemOf(body)).toBe(problem);
  });

  it('takes any text where the upstream’s isn’t known, and no stream without', () => {
    const free = (body: string) => answerProblem(body, { stream: true, texts: null });
    expect(free(frames('whatever') + END)).toBeNull();
    expect(free('data: {"choices":[{"delta":{"tool_calls":[{}]}}]}\n\ndata: [DONE]\n\n')).toBeNull();
    expect(free('data: {"choices":[]}\n\ndata: [DONE]\n\n')).toBe('no frame has text');
  });
});

it('knows the mock’s answers', () => {
  const stream = [...streamChunks('chatcmpl-1', 'gpt-4o', 1), streamEnd('chatcmpl-1', 'gpt-4o', 1)].join('');
  expect(answerProblem(completionBody('chatcmpl-1', 'gpt-4o', 1), { stream: false, texts: [MOCK_TEXT] })).toBeNull();
  expect(answerProblem(stream, { stream: true, texts: MOCK_STREAM_TEXTS })).toBeNull();
});
