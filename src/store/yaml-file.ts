import { open } from 'node:fs/promises';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf, UsageError } from '../lib/errors.js';
import { NEWER_HINT, newerDocument } from '../lib/schema-version.js';

type Migrate = (document: unknown) => unknown;
type Path = readonly PropertyKey[];

/** A validated document that knows where its values are. */
export interface YamlFile<T> {
  data: T;
  /** Whether the file itself has a value there. */
  has(path: Path): boolean;
  /** The line of a value, or of its nearest parent that is there. From 1. */
  lineOf(path: Path): number;
}

/** Whoever writes a longer one by hand has given the wrong file. */
const MAX_BYTES = 4 * 2 ** 20;
const MAX_PROBLEMS = 20;

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
  return (await readYamlDocument(path, schema, what, migrate)).data;
}

/** {@link readYamlFile}, with the lines of the values. */
export async function readYamlDocument<T extends z.ZodType>(
  path: string,
  schema: T,
  what: string,
  migrate?: Migrate,
): Promise<YamlFile<z.output<T>>> {
  let bytes: Buffer;
  try {
    bytes = await readStart(path, MAX_BYTES + 1);
  } catch (error) {
    throw new UsageError(
      `the ${what} ${path} can't be read: ${messageOf(error)}`,
      'check the path and its permissions',
    );
  }
  if (bytes.length > MAX_BYTES) {
    throw new UsageError(`the ${what} ${path} is longer than ${MAX_BYTES / 2 ** 20} MiB`, 'check the path');
  }
  return parseYamlDocument(bytes.toString('utf8'), schema, path, what, migrate);
}

/** At most so many bytes: what is given may be a device without an end. */
async function readStart(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const chunks: Buffer[] = [];
    let left = length;
    while (left > 0) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, 65_536)));
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

/** {@link readYamlFile} for text. */
export function parseYaml<T extends z.ZodType>(
  text: string,
  schema: T,
  path: string,
  what: string,
  migrate?: Migrate,
): z.output<T> {
  return parseYamlDocument(text, schema, path, what, migrate).data;
}

function parseYamlDocument<T extends z.ZodType>(
  text: string,
  schema: T,
  path: string,
  what: string,
  migrate: Migrate = (document) => document,
): YamlFile<z.output<T>> {
  const lines = new LineCounter();
  const { document, value } = readDocument(text, lines, path, what);
  const newer = newerDocument(value, schema, `the ${what} ${path}`);
  if (newer !== null) throw new UsageError(newer, NEWER_HINT);
  const result = schema.safeParse(migrate(value));
  const problems = result.success
    ? nulPaths(value).map((at) => ({ path: at, message: 'a NUL character can be in no path, argument or variable' }))
    : result.error.issues;
  if (result.success && problems.length === 0) {
    return {
      data: result.data,
      has: (at) => document.hasIn(at),
      lineOf: (at) => lineOf(document, lines, at, []),
    };
  }
  const texts = problems.slice(0, MAX_PROBLEMS).map((problem) => {
    const keys = 'code' in problem && problem.code === 'unrecognized_keys' ? problem.keys : [];
    const field = problem.path.length > 0 ? `${problem.path.join('.')}: ` : '';
    return `${path}:${lineOf(document, lines, problem.path, keys)}: ${field}${problem.message}`;
  });
  if (problems.length > MAX_PROBLEMS) texts.push(`and ${problems.length - MAX_PROBLEMS} more`);
  throw new UsageError(texts.join('\n'), `correct the ${what}; its schema is in schema/`);
}

/** The document and its value. @throws UsageError where it isn't YAML, or none that can be a value */
function readDocument(
  text: string,
  lines: LineCounter,
  path: string,
  what: string,
): { document: Document.Parsed; value: unknown } {
  const refuse = (at: string, message: string) =>
    new UsageError(`${path}${at}: not valid YAML: ${message}`, `correct the ${what}`);
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
    const [syntaxError] = document.errors;
    if (syntaxError) {
      const { line, col } = lines.linePos(syntaxError.pos[0]);
      const several = syntaxError.code === 'MULTIPLE_DOCS';
      throw refuse(`:${line}:${col}`, several ? 'a second document begins here, and one is read' : syntaxError.message);
    }
    return { document, value: document.toJS() };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // The parser and what makes values of nodes are recursive; aliases that multiply are refused by the latter.
    throw refuse('', error instanceof RangeError ? 'it is nested too deeply' : messageOf(error));
  }
}

/** Where the strings are that hold a NUL; the system's calls take none. */
function nulPaths(value: unknown, at: Path = []): Path[] {
  if (typeof value === 'string') return value.includes('\0') ? [at] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(key.includes('\0') ? [at] : []),
    ...nulPaths(each, [...at, key]),
  ]);
}

/** @param keys of which the first that is there is meant, in the map at the path */
function lineOf(document: Document.Parsed, lines: LineCounter, path: Path, keys: readonly string[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (!isNode(node)) continue;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && keys.includes(String(item.key.value)));
      if (pair && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    if (node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
