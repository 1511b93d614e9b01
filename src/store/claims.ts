import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { Claims } from '../model/claims.js';
import { readJsonFile } from './json-file.js';

/**
 * The published figures that measurements are put beside: every `*.json` in the folder of them, as one.
 * @throws ExpectedError for a file that isn't valid, a source that two files name, or one that no file does
 */
export async function readClaims({ published: folder }: { published: string }): Promise<Claims> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const files = await Promise.all(
    names.map((name) => readJsonFile(join(folder, name), Claims, 'file of published claims')),
  );
  const sources: Claims['sources'] = {};
  for (const [at, file] of files.entries()) {
    for (const [name, source] of Object.entries(file.sources)) {
      if (name in sources)
        throw new ExpectedError(`${join(folder, names[at] ?? '')}: the source ${name} is another file's too`);
      sources[name] = source;
    }
  }
  const claims = {
    about: files.map(({ about }) => about).join(' '),
    sources,
    profiles: files.flatMap(({ profiles }) => profiles),
    shapes: files.flatMap(({ shapes }) => shapes),
    claims: files.flatMap((file) => file.claims),
  };
  const unnamed = [...claims.claims, ...claims.shapes, ...claims.profiles].find(({ source }) => !(source in sources));
  if (unnamed === undefined) return claims;
  throw new ExpectedError(
    `${folder}: a claim about ${unnamed.gateway} has the source ${unnamed.source}, which no file describes`,
    'add it to "sources"',
  );
}
