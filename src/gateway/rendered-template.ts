import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { fillTemplate } from '../lib/placeholders.js';

/**
 * A configuration template of a gateway, filled.
 * @param from where it is named, for the message: "process.files"
 * @throws ExpectedError for a missing file or an unknown placeholder
 */
export async function renderTemplate(
  gateway: { name: string; folder: string },
  template: string,
  values: Record<string, string>,
  from: string,
): Promise<string> {
  const path = join(gateway.folder, template);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ExpectedError(
      `${gateway.name}: the configuration template ${path} can't be read: ${messageOf(error)}`,
      `correct ${from} in its gateway.yaml`,
    );
  }
  return fillTemplate(text, values);
}
