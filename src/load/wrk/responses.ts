import { answerProblem, type ExpectedAnswer } from '../../lib/chat-response.js';
import type { FailureClass } from '../../model/load.js';
import { badBody, classOfStatus, type Failure, failureExample } from '../failure-class.js';
import type { WrkOutput } from './output.js';

/** Answers that were looked at, judged. */
export interface JudgedResponses {
  all: number;
  failed: Partial<Record<FailureClass, number>>;
  statusCodes: Record<string, number>;
  /** A few words on each kind that failed. */
  examples: string[];
  /** Responses of kinds for which no body was kept. */
  unjudged: number;
}

/** Judge every kind of answer by its one body: the others of its kind differ in ids and numbers only. */
export function judgeResponses(
  { kinds, others }: NonNullable<WrkOutput['answers']>,
  expected: ExpectedAnswer,
): JudgedResponses {
  const judged: JudgedResponses = { all: others, failed: {}, statusCodes: {}, examples: [], unjudged: others };
  for (const { status, count, bodyHex } of kinds) {
    judged.all += count;
    const body = Buffer.from(bodyHex, 'hex').toString('utf8');
    const failure = failureOf(status, body, expected);
    if (failure === null) continue;
    judged.failed[failure.class] = (judged.failed[failure.class] ?? 0) + count;
    if (status !== 200) judged.statusCodes[status] = (judged.statusCodes[status] ?? 0) + count;
    judged.examples.push(failureExample(failure));
  }
  return judged;
}

function failureOf(status: number, body: string, expected: ExpectedAnswer): Failure | null {
  const failureClass = classOfStatus(status);
  if (failureClass !== null) return { class: failureClass, status, detail: body };
  const problem = answerProblem(body, expected);
  return problem === null ? null : badBody(problem, body);
}

export function failedResponses({ failed }: JudgedResponses): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}
