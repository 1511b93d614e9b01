import { answerCheck } from './answer-check.js';
import type { LoadSpec } from './engine.js';
import { badBody, classOfStatus, type Failure } from './failure-class.js';

/** Of a failed response's body, what is made text of: more than people are shown. */
const EXCERPT_BYTES = 1000;

/** Why a whole response, its body in bytes[from, to), is a failure; null where it is the expected answer. */
export type ResponseJudge = (status: number, bytes: Buffer, from: number, to: number) => Failure | null;

/** The judge of one worker's responses: it learns what right bodies look like. */
export function responseJudge(
  expected: Pick<LoadSpec, 'stream' | 'texts' | 'objectOptional' | 'refusal'>,
): ResponseJudge {
  const { refusal } = expected;
  const problemOf = answerCheck(expected);
  return (status, bytes, from, to) => {
    if (status === refusal) return null;
    const failureClass = classOfStatus(status);
    if (failureClass !== null) return { class: failureClass, status, detail: excerpt(bytes, from, to) };
    if (refusal !== undefined) return badBody(`answered, where ${refusal} was expected`, excerpt(bytes, from, to));
    const problem = problemOf(bytes, from, to);
    return problem === null ? null : badBody(problem, excerpt(bytes, from, to));
  };
}

function excerpt(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('utf8', from, Math.min(to, from + EXCERPT_BYTES));
}
