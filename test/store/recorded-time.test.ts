import { expect, it } from 'vitest';
import { parseReplay } from '../../src/store/replay.js';

const CONVERSATION = { conversations: [{ from: 'human', value: 'Hi' }] };
const lineWith = (fields: object) => JSON.stringify({ ...CONVERSATION, ...fields });
const timesOf = (...lines: object[]) =>
  parseReplay(lines.map(lineWith).join('\n'), 'x.jsonl', { timed: true }).map(({ atMs }) => atMs);

it('takes milliseconds, seconds since 1970, and dates, all since the first request', () => {
  expect(timesOf({ timestamp: 27_482 }, { timestamp: 30_535.5 }, { timestamp: 30_535.5 })).toEqual([0, 3053.5, 3053.5]);
  expect(timesOf({ created: 1_700_000_000 }, { created: 1_700_000_002 })).toEqual([0, 2000]);
  expect(timesOf({ Timestamp: 5 }, { Timestamp: 45 })).toEqual([0, 40_000]);
  const azure = timesOf({ TIMESTAMP: '2023-11-16 18:17:03.9799600' }, { TIMESTAMP: '2023-11-16 18:17:04.0319600' });
  expect(azure[1]).toBeCloseTo(52, 6);
  expect(timesOf({ timestamp: '2026-01-31T12:00:00+01:00' }, { timestamp: '2026-01-31T11:00:01Z' })).toEqual([0, 1000]);
  expect(timesOf({ timestamp: '2026-01-31T12:00:00-0230' }, { timestamp: '2026-01-31T14:30:00' })).toEqual([0, 0]);
});

it('counts from the first line that asks anything', () => {
  const lines = [
    '{"timestamp":100,"conversations":[{"from":"gpt","value":"I have begun"}]}',
    lineWith({ timestamp: 400 }),
    lineWith({ timestamp: 900 }),
  ];
  expect(parseReplay(lines.join('\n'), 'x.jsonl', { timed: true }).map(({ atMs }) => atMs)).toEqual([0, 500]);
});

it.each([
  [[{ timestamp: 1 }, {}], 'x.jsonl:2: has no time'],
  [[{ timestamp: 500 }, { timestamp: 499 }], 'x.jsonl:2: its time goes backwards: 499 after 500'],
  [[{ timestamp: 'soon' }], 'x.jsonl:1: "timestamp" is "soon", which is neither a number nor a date'],
  [[{ timestamp: '2026-13-41 00:00:00' }], 'neither a number nor a date'],
  [[{ created: null }], '"created" is null'],
  [[{ timestamp: -5 }], '"timestamp" is -5'],
  [[{ timestamp: 1_700_000_000 }], 'looks like seconds since 1970'],
])('refuses %j with the line', (lines, why) => {
  expect(() => timesOf(...lines)).toThrow(why);
});

it('leaves times alone where nobody asked for them', () => {
  expect(parseReplay(lineWith({ timestamp: 'soon' }), 'x.jsonl')).toEqual([
    { kind: 'conversation', messages: [{ role: 'user', content: 'Hi' }] },
  ]);
});

it('takes traces of lengths, in the words of each', () => {
  const lines = [
    '{"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}',
    '{"TIMESTAMP": "2023-11-16 18:17:03", "ContextTokens": 374, "GeneratedTokens": 44}',
    '{"Timestamp": 5, "Model": "ChatGPT", "Request tokens": 472, "Response tokens": 0}',
  ];
  expect(parseReplay(lines.join('\n'), 'x.jsonl')).toEqual([
    { kind: 'lengths', inputTokens: 6758, outputTokens: 500 },
    { kind: 'lengths', inputTokens: 374, outputTokens: 44 },
    { kind: 'lengths', inputTokens: 472, outputTokens: 1 },
  ]);
});
