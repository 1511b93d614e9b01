import { isObject } from '../../../lib/json-value.js';
import type { Frame } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { guessKind, packageOfFile } from '../../symbols/frame-origin.js';
import { plainPath } from '../../symbols/v8-symbol.js';
import {
  ADDRESS,
  EXPECTED,
  type FirefoxThread,
  idOf,
  listAt,
  namelessFrame,
  numbersOf,
  objectAt,
  textOrNull,
} from './tables.js';

/** Where a library was loaded. */
interface Library {
  start: number;
  end: number;
  path: string;
}

/**
 * The threads of a profile as Firefox itself writes it, of all its processes. Each table is rows with a schema:
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/gecko-profile-format.md
 * @throws FormatError
 */
export function geckoThreads(file: Record<string, unknown>, field = ''): FirefoxThread[] {
  const libraries = librariesOf(file);
  const own = listAt(file, 'threads', field).flatMap((thread, index) => {
    const at = `${field}threads[${index}]`;
    // The oldest profiles hold child processes as texts of JSON.
    const child = typeof thread === 'string' ? parsed(thread) : null;
    if (isObject(child)) return geckoThreads(child, `${at}.`);
    if (!isObject(thread)) throw new FormatError('not a thread', { field: at, expected: EXPECTED });
    return [threadOf(thread, libraries, at)];
  });
  const processes = Array.isArray(file.processes) ? file.processes : [];
  return [
    ...own,
    ...processes.flatMap((child: unknown, index) =>
      isObject(child) ? geckoThreads(child, `${field}processes[${index}].`) : [],
    ),
  ];
}

function threadOf(thread: Record<string, unknown>, libraries: readonly Library[], field: string): FirefoxThread {
  const stacks = new SchemaTable(objectAt(thread, 'stackTable', field), `${field}.stackTable`);
  const samples = new SchemaTable(objectAt(thread, 'samples', field), `${field}.samples`);
  const locations =
    new SchemaTable(objectAt(thread, 'frameTable', field), `${field}.frameTable`).column('location') ?? [];
  const strings = listAt(thread, 'stringTable', field);
  return {
    field,
    comm: textOrNull(thread.name),
    pid: idOf(thread.pid),
    tid: idOf(thread.tid),
    stackParents: stacks.column('prefix') ?? [],
    stackFrames: stacks.column('frame') ?? [],
    frame: (index) => {
      const location = textOrNull(strings[locations[index] ?? -1]);
      if (location === null) {
        throw new FormatError(`frame ${index} has no location`, { field: `${field}.frameTable`, expected: EXPECTED });
      }
      return geckoFrame(location, libraries);
    },
    samples: {
      stacks: samples.column('stack') ?? [],
      times: samples.column('time')?.map((time) => time ?? 0) ?? null,
      weights: null,
      weightType: 'samples',
      cpuDeltas: samples.column('threadCPUDelta'),
    },
  };
}

/** Rows, and a schema that says which of their cells is what. */
class SchemaTable {
  readonly #schema: Record<string, unknown>;
  readonly #rows: readonly unknown[];
  readonly #field: string;

  constructor(table: Record<string, unknown>, field: string) {
    this.#schema = objectAt(table, 'schema', field);
    this.#rows = listAt(table, 'data', field);
    this.#field = field;
  }

  /** Null if the table doesn't have it. @throws FormatError */
  column(name: string): readonly (number | null)[] | null {
    const index = this.#schema[name];
    if (typeof index !== 'number') return null;
    const cells = this.#rows.map((row): unknown => (Array.isArray(row) ? row[index] : null));
    return numbersOf(cells, `${this.#field}.${name}`);
  }
}

/** `render (https://x.org/app.js:12:3)[7]`; the number in brackets is a source's. */
const SCRIPT = /^(.*?)\s*\((.*?)(?::(\d+))?(?::(\d+))?\)(?:\[\d+\])?$/s;
/** `malloc (in libmozglue.dylib)`, after symbolication. */
const NATIVE = /^(.*) \(in ([^()]+)\)(?: \+ \d+| \(.*\))?$/s;

function geckoFrame(location: string, libraries: readonly Library[]): Frame {
  if (ADDRESS.test(location)) return namelessFrame(libraryAt(libraries, Number(location)));
  const [, symbol, library] = NATIVE.exec(location) ?? [];
  if (symbol !== undefined && library !== undefined) {
    return { name: symbol, file: null, line: null, module: library, kind: 'native' };
  }
  const [, name, path, line] = SCRIPT.exec(location) ?? [];
  if (name === undefined || path === undefined || line === undefined) {
    const frame = { name: location, file: null, line: null, module: null };
    return { ...frame, kind: guessKind(frame) };
  }
  const file = plainPath(path);
  return { name: name || '(anonymous)', file, line: Number(line), module: packageOfFile(file), kind: 'javascript' };
}

function libraryAt(libraries: readonly Library[], address: number): string | null {
  return libraries.find(({ start, end }) => address >= start && address < end)?.path ?? null;
}

/** In the oldest profiles they are a text of JSON. */
function librariesOf({ libs }: Record<string, unknown>): Library[] {
  const list: unknown = typeof libs === 'string' ? parsed(libs) : libs;
  if (!Array.isArray(list)) return [];
  return list.flatMap((lib: unknown) => {
    if (!isObject(lib) || typeof lib.start !== 'number' || typeof lib.end !== 'number') return [];
    const path = textOrNull(lib.path) ?? textOrNull(lib.name) ?? textOrNull(lib.debugName);
    return path === null ? [] : [{ start: lib.start, end: lib.end, path }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
