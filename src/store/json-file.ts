import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ExpectedError, messageOf } from '../lib/errors.js';

/**
 * Read and validate a JSON file.
 * @param what for messages: "run description"
 * @throws ExpectedError that names the file and what is wrong with it
 */
export async function readJsonFile<T extends z.ZodType>(path: string, schema: T, what: string): Promise<z.output<T>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ExpectedError(`the ${what} ${path} can't be read: ${messageOf(error)}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ExpectedError(`the ${what} ${path} is not valid: ${issue?.path.join('.')}: ${issue?.message}`);
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
