import { isObject, type JsonObject, parseJson } from '../json-value.js';

/** A field of an answer that isn't what it must be. */
export interface FieldFinding {
  /** `choices[0].message.role`, `usage.input_tokens`, `event 3`. */
  field: string;
  /** `it is 7, not 8`. */
  problem: string;
}

/** What is wrong with an answer, field by field. */
export interface AnswerFindings {
  /** A client of this dialect can't use the answer, or reads another one than was sent. */
  broken: FieldFinding[];
  /** A client can use it, and is told something that isn't so, or not told something that is. */
  differences: FieldFinding[];
}

/** Gathers what is wrong with one answer. */
export class Findings implements AnswerFindings {
  readonly broken: FieldFinding[] = [];
  readonly differences: FieldFinding[] = [];

  /** Without this an answer is of no use. @returns whether it is right */
  require(field: string, value: unknown, isRight: boolean, wanted: string): boolean {
    if (!isRight) addOnce(this.broken, { field, problem: problemOf(value, wanted) });
    return isRight;
  }

  /** An answer can be used without it. */
  expect(field: string, value: unknown, isRight: boolean, wanted: string): void {
    if (!isRight) addOnce(this.differences, { field, problem: problemOf(value, wanted) });
  }
}

/** The JSON object that a whole answer is; null, and of no use, where it is none. */
export function wholeObject(findings: Findings, body: string): JsonObject | null {
  const value = parseJson(body);
  if (isObject(value)) return value;
  findings.require('body', body, false, 'a JSON object');
  return null;
}

/** What is wrong with each frame of a stream is one finding. */
function addOnce(findings: FieldFinding[], finding: FieldFinding): void {
  if (!findings.some(({ field }) => field === finding.field)) findings.push(finding);
}

function problemOf(value: unknown, wanted: string): string {
  return value === undefined ? `it is missing; wanted: ${wanted}` : `it is ${quotedValue(value)}; wanted: ${wanted}`;
}

/** The first thing that makes an answer useless, in a few words; null where nothing does. */
export function firstBroken({ broken: [first] }: AnswerFindings): string | null {
  return first === undefined ? null : `${first.field}: ${first.problem}`;
}

const MAX_QUOTED = 60;

/** A value of parsed JSON, cut to what people read. */
function quotedValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
}
