import { isChatCompletion, isChatStream } from '../../lib/chat-response.js';
import type { FailureClass } from '../../model/load.js';
import { classOfStatus, failureExample } from '../failure-class.js';
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

/** Judge every kind of answer by its one body: answers of one status and length to one request are alike. */
export function judgeResponses({ kinds, others }: NonNullable<WrkOutput['answers']>, stream: boolean): JudgedResponses {
  const judged: JudgedResponses = { all: others, failed: {}, statusCodes: {}, examples: [], unjudged: others };
  for (const { status, count, bodyHex } of kinds) {
    judged.all += count;
    const body = Buffer.from(bodyHex, 'hex').toString('utf8');
    const right = stream ? isChatStream(body) : isChatCompletion(body);
    const failure = classOfStatus(status) ?? (right ? null : 'bad_body');
    if (failure === null) continue;
    judged.failed[failure] = (judged.failed[failure] ?? 0) + count;
    if (status !== 200) judged.statusCodes[status] = (judged.statusCodes[status] ?? 0) + count;
    judged.examples.push(failureExample({ class: failure, status, detail: body }));
  }
  return judged;
}

export function failedResponses({ failed }: JudgedResponses): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}
