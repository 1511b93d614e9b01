import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { NEWER_HINT, newerDocument } from '../lib/schema-version.js';

const DAMAGED_HINT = 'correct the file, or restore it from a copy';

/**
 * Read and validate a JSON file.
 * @param what for messages: "run description"
 * @param migrate brings documents of earlier versions to the schema
 * @throws ExpectedError with the file and what is wrong with it
 */
export async function readJsonFile<T extends z.ZodType>(
  path: string,
  schema: T,
  what: string,
  migrate: (document: unknown) => unknown = (document) => document,
): Promise<z.output<T>> {
  const title = `the ${what} ${path}`;
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ExpectedError(`${title} can't be read: ${messageOf(error)}`, DAMAGED_HINT);
  }
  const newer = newerDocument(document, schema, title);
  if (newer !== null) throw new ExpectedError(newer, NEWER_HINT);
  const result = schema.safeParse(migrate(document));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new ExpectedError(`${title} is not valid: ${field}${issue?.message}`, DAMAGED_HINT);
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
