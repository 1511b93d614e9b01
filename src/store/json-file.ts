import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ExpectedError, messageOf } from '../lib/errors.js';

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
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ExpectedError(`the ${what} ${path} can't be read: ${messageOf(error)}`);
  }
  const result = schema.safeParse(migrate(document));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ExpectedError(`the ${what} ${path} is not valid: ${issue?.path.join('.')}: ${issue?.message}`);
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
