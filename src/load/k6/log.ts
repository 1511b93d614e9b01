import { z } from 'zod';
import { FailureClass } from '../../model/load.js';
import { failureExample } from '../failure-class.js';
import { MARK } from './script.js';

const Started = z.object({ startedAtMs: z.number() });
const Told = z.object({ failure: FailureClass, status: z.number(), detail: z.string() });

/** When the first scenario began, milliseconds since the epoch; null where the log doesn't say so yet. */
export function startedAtMs(lines: readonly string[]): number | null {
  for (const value of marked(lines)) {
    const started = Started.safeParse(value);
    if (started.success) return started.data.startedAtMs;
  }
  return null;
}

/** Failures that the script told of, a few words each, every one once. */
export function failureExamples(lines: readonly string[]): string[] {
  const examples = marked(lines).flatMap((value) => {
    const told = Told.safeParse(value);
    if (!told.success) return [];
    const { failure, status, detail } = told.data;
    return [failureExample({ class: failure, detail, ...(status === 0 ? {} : { status }) })];
  });
  return [...new Set(examples)];
}

function marked(lines: readonly string[]): unknown[] {
  return lines.flatMap((line) => {
    if (!line.startsWith(MARK)) return [];
    try {
      return [JSON.parse(line.slice(MARK.length))];
    } catch {
      // A line that is still being written.
      return [];
    }
  });
}
