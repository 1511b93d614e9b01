import type { z } from 'zod';
import { FormatError } from '../format-error.js';

/**
 * @param expected what the text should be, for the error: `a .cpuprofile of V8`
 * @throws FormatError with the line of the syntax error
 */
export function parseJson(text: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const position = /at position (\d+)/.exec(message)?.[1];
    const line = lineAt(text, position === undefined ? text.length : Number(position));
    throw new FormatError(position === undefined ? 'the JSON ends too early' : 'not JSON', { line, expected, cause });
  }
}

/** @throws FormatError with the path of the first invalid field */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, expected: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues);
  const field = fieldPath(issue.path);
  throw new FormatError(issue.message, { ...(field && { field }), expected, cause: result.error });
}

/** `profiles[0].samples`. */
function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

/** Only the issues inside a union say which field is wrong. */
function deepest(issues: readonly z.core.$ZodIssue[]): { path: PropertyKey[]; message: string } {
  const first = issues[0];
  if (!first) return { path: [], message: 'invalid' };
  if (first.code !== 'invalid_union') return { path: first.path, message: first.message };
  const inner = first.errors.find((branch) => branch.length > 0);
  if (!inner) return { path: first.path, message: first.message };
  const { path, message } = deepest(inner);
  return { path: [...first.path, ...path], message };
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
