import { isObject } from '../../../lib/json-value.js';
import type { Frame, FrameKind } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { guessKind, packageOfFile } from '../../symbols/frame-origin.js';
import { plainPath } from '../../symbols/v8-symbol.js';
import {
  ADDRESS,
  columnAt,
  EXPECTED,
  type FirefoxThread,
  idOf,
  listAt,
  namelessFrame,
  objectAt,
  textOrNull,
} from './tables.js';

/**
 * The threads of a processed profile: what profiler.firefox.com saves, and samply writes. Tables were in each thread
 * before version 60, and are shared since; the other differences between versions are in
 * https://github.com/firefox-devtools/profiler/blob/main/docs-developer/CHANGELOG-formats.md.
 * @throws FormatError
 */
export function processedThreads(file: Record<string, unknown>): FirefoxThread[] {
  return listAt(file, 'threads', '').map((thread, index) => {
    const field = `threads[${index}]`;
    if (!isObject(thread)) throw new FormatError('not a thread', { field, expected: EXPECTED });
    return threadOf(thread, file, field);
  });
}

function threadOf(thread: Record<string, unknown>, file: Record<string, unknown>, field: string): FirefoxThread {
  const shared = isObject(file.shared) ? file.shared : {};
  const holderOf = (key: string) => (thread[key] === undefined ? shared : thread);
  const table = (key: string) => objectAt(holderOf(key), key, field);
  const stackTable = table('stackTable');
  const samples = objectAt(thread, 'samples', field);
  const frames = new FrameTables(thread, file, table, `${field}`);
  return {
    field,
    comm: textOrNull(thread.name),
    pid: idOf(thread.pid),
    tid: idOf(thread.tid),
    stackFrames: columnAt(stackTable, 'frame', `${field}.stackTable`) ?? [],
    stackParents: parentsOf(stackTable, `${field}.stackTable`),
    frame: (index) => frames.frame(index),
    samples: {
      stacks: columnAt(samples, 'stack', `${field}.samples`) ?? [],
      times: timesOf(samples, `${field}.samples`),
      weights: columnAt(samples, 'weight', `${field}.samples`),
      weightType: textOrNull(samples.weightType) ?? 'samples',
      cpuDeltas: columnAt(samples, 'threadCPUDelta', `${field}.samples`),
    },
  };
}

/** Since version 66 a stack says how far before it its parent is; 0: it has none. */
function parentsOf(table: Record<string, unknown>, field: string): readonly (number | null)[] {
  const offsets = columnAt(table, 'prefixOffset', field);
  if (offsets) return offsets.map((offset, index) => (offset ? index - offset : null));
  return columnAt(table, 'prefix', field) ?? [];
}

function timesOf(samples: Record<string, unknown>, field: string): readonly number[] | null {
  const times = columnAt(samples, 'time', field);
  if (times) return times.map((time) => time ?? 0);
  let clock = 0;
  return (
    columnAt(samples, 'timeDeltas', field)?.map((delta) => {
      clock += delta ?? 0;
      return clock;
    }) ?? null
  );
}

/** The chain of tables from a frame to its names. */
class FrameTables {
  readonly #strings: readonly unknown[];
  readonly #libs: readonly unknown[];
  readonly #kernelCategories: ReadonlySet<number>;
  readonly #frame: Record<string, unknown>;
  readonly #func: Record<string, unknown>;
  readonly #resource: Record<string, unknown>;
  readonly #sources: Record<string, unknown>;
  readonly #field: string;

  constructor(
    thread: Record<string, unknown>,
    file: Record<string, unknown>,
    table: (key: string) => Record<string, unknown>,
    field: string,
  ) {
    const shared = isObject(file.shared) ? file.shared : {};
    this.#field = field;
    const strings = thread.stringArray ?? thread.stringTable ?? shared.stringArray;
    if (!Array.isArray(strings))
      throw new FormatError('no list', { field: `${field}.stringArray`, expected: EXPECTED });
    this.#strings = strings;
    const libs = Array.isArray(thread.libs) ? thread.libs : file.libs;
    this.#libs = Array.isArray(libs) ? libs : [];
    const categories = isObject(file.meta) && Array.isArray(file.meta.categories) ? file.meta.categories : [];
    this.#kernelCategories = new Set(
      categories.flatMap((category: unknown, index) =>
        isObject(category) && category.name === 'Kernel' ? [index] : [],
      ),
    );
    this.#frame = table('frameTable');
    this.#func = table('funcTable');
    this.#resource = table('resourceTable');
    this.#sources = isObject(shared.sources) ? shared.sources : {};
  }

  frame(index: number): Frame {
    const func = cell(this.#frame.func, index);
    const name = this.#string(cell(this.#func.name, func));
    if (func === null || name === null) {
      throw new FormatError(`frame ${index} has no name`, { field: `${this.#field}.frameTable`, expected: EXPECTED });
    }
    const module = this.#module(index, func);
    const isKernel = this.#kernelCategories.has(cell(this.#frame.category, index) ?? -1);
    if (ADDRESS.test(name)) return withKernel(namelessFrame(module), isKernel);
    const path = this.#file(func);
    const line = wholeNumber(cell(this.#func.lineNumber, func));
    if (isTrue(this.#func.isJS, func)) {
      const file = path === null ? null : plainPath(path);
      return { name, file, line, module: file === null ? null : packageOfFile(file), kind: 'javascript' };
    }
    const frame = { name, file: path, line, module };
    const inlined = (cell(this.#frame.inlineDepth, index) ?? 0) > 0;
    const guessed = guessKind(frame);
    return withKernel({ ...frame, kind: inlined && guessed === 'native' ? 'inlined' : guessed }, isKernel);
  }

  #string(index: number | null): string | null {
    return index === null ? null : textOrNull(this.#strings[index]);
  }

  /** Before version 58 a file's name; since, a source that has one. */
  #file(func: number): string | null {
    const name = cell(this.#func.fileName, func) ?? cell(this.#sources.filename, cell(this.#func.source, func));
    return this.#string(name);
  }

  /** The library: since version 70 a frame's, before that its function's resource's. */
  #module(frame: number, func: number): string | null {
    const resource = cell(this.#func.resource, func);
    const lib = this.#libs[cell(this.#frame.lib, frame) ?? cell(this.#resource.lib, resource) ?? -1];
    if (isObject(lib)) return textOrNull(lib.path) ?? textOrNull(lib.debugName) ?? textOrNull(lib.name);
    return this.#string(cell(this.#resource.name, resource));
  }
}

function withKernel(frame: Frame, isKernel: boolean): Frame {
  const kind: FrameKind = isKernel ? 'kernel' : frame.kind;
  return { ...frame, kind, module: isKernel ? '[kernel]' : frame.module };
}

/** A number of a column; null where there is none, and for the -1 that stands for none. */
function cell(column: unknown, index: number | null): number | null {
  const value: unknown = index === null || !Array.isArray(column) ? null : column[index];
  return typeof value === 'number' && value >= 0 ? value : null;
}

function isTrue(column: unknown, index: number): boolean {
  return Array.isArray(column) && column[index] === true;
}

function wholeNumber(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) ? value : null;
}
