import { expect, it } from 'vitest';
import { FirstContent } from '../../../src/run/live/first-content.js';

const event = (delta: object) => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
const ROLE = event({ role: 'assistant', content: '' });
const HELLO = event({ content: 'Hello' });

it('is the first event that has any, not the first event', () => {
  const first = new FirstContent();
  expect([ROLE, HELLO, HELLO].map((part) => first.feed(part))).toEqual([false, true, false]);
});

it('comes with the part that completes its line, wherever parts are cut', () => {
  for (let at = 1; at < HELLO.length - 1; at++) {
    const first = new FirstContent();
    expect([first.feed(ROLE + HELLO.slice(0, at)), first.feed(HELLO.slice(at))], `cut at ${at}`).toEqual([false, true]);
  }
});
