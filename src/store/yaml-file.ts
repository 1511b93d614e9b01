import { readFile } from 'node:fs/promises';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf, UsageError } from '../lib/errors.js';

type Migrate = (document: unknown) => unknown;

/**
 * Read and validate a YAML file.
 * @param what for messages: "gateway manifest"
 * @param migrate brings documents of earlier versions to the schema
 * @throws UsageError with file, line and what is expected, one line per problem
 */
export async function readYamlFile<T extends z.ZodType>(
  path: string,
  schema: T,
  what: string,
  migrate?: Migrate,
): Promise<z.output<T>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `the ${what} ${path} can't be read: ${messageOf(error)}`,
      'check the path and its permissions',
    );
  }
  return parseYaml(text, schema, path, what, migrate);
}

/** {@link readYamlFile} for text. */
export function parseYaml<T extends z.ZodType>(
  text: string,
  schema: T,
  path: string,
  what: string,
  migrate: Migrate = (document) => document,
): z.output<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntaxError] = document.errors;
  if (syntaxError) {
    const { line, col } = lines.linePos(syntaxError.pos[0]);
    throw new UsageError(`${path}:${line}:${col}: not valid YAML: ${syntaxError.message}`, `correct the ${what}`);
  }
  const result = schema.safeParse(migrate(document.toJS()));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const at = lineOf(document, lines, issue);
    const field = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    return `${path}:${at}: ${field}${issue.message}`;
  });
  throw new UsageError(problems.join('\n'), `correct the ${what}; its schema is in schema/`);
}

/** The line of the value an issue is about, or of its nearest existing parent. */
function lineOf(document: Document.Parsed, lines: LineCounter, issue: z.core.$ZodIssue): number {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  for (let depth = issue.path.length; depth >= 0; depth--) {
    const node = document.getIn(issue.path.slice(0, depth), true);
    if (!isNode(node)) continue;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && keys.includes(String(item.key.value)));
      if (pair && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    if (node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
