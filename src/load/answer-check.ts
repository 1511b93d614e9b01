import { answerProblem, type ExpectedAnswer } from '../lib/chat-response.js';
import { BodyTemplate } from './body-template.js';

/** One in so many bodies that match a template is parsed all the same. */
export const PARSE_EVERY = 64;
/** A gateway's answers to one request have few shapes. Beyond these, every body that matches none is parsed. */
export const MAX_TEMPLATES = 64;
/** Of one length: each is compared with a body of that length before it is parsed. */
const MAX_TEMPLATES_OF_A_LENGTH = 8;
/** A longer body is always parsed. */
const MAX_TEMPLATE_BYTES = 262_144;

/** Why bytes[from, to) is not the expected answer, in a few words; null where it is. */
export type AnswerCheck = (bytes: Buffer, from: number, to: number) => string | null;

/**
 * Checks the bodies of 200 responses, every byte of each. A body that differs from one that was parsed before only in
 * values that vary (an id, a time) is right without being parsed; any other is parsed, and none is rejected unparsed.
 * Parsing all of them would make the load generator the bottleneck.
 * @param problemOf judges a whole body
 */
export function answerCheck(
  expected: ExpectedAnswer,
  problemOf: (body: string) => string | null = (body) => answerProblem(body, expected),
): AnswerCheck {
  const templates = new Map<number, BodyTemplate[]>();
  let known = 0;
  let matched = 0;

  const forget = (template: BodyTemplate, length: number): void => {
    templates.set(length, templates.get(length)?.filter((other) => other !== template) ?? []);
    known -= 1;
  };
  const learn = (bytes: Buffer, from: number, to: number): void => {
    if (to - from > MAX_TEMPLATE_BYTES) return;
    const alike = templates.get(to - from) ?? [];
    if (alike.some((template) => template.learn(bytes, from))) return;
    if (known === MAX_TEMPLATES || alike.length === MAX_TEMPLATES_OF_A_LENGTH) return;
    templates.set(to - from, [...alike, new BodyTemplate(bytes, from, to, expected.stream)]);
    known += 1;
  };

  return (bytes, from, to) => {
    for (const template of templates.get(to - from) ?? []) {
      if (!template.matches(bytes, from)) continue;
      matched += 1;
      if (matched % PARSE_EVERY !== 0) return null;
      const problem = problemOf(bytes.toString('utf8', from, to));
      if (problem !== null) forget(template, to - from);
      return problem;
    }
    const problem = problemOf(bytes.toString('utf8', from, to));
    if (problem === null) learn(bytes, from, to);
    return problem;
  };
}
