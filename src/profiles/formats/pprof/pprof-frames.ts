import type { Location, Profile as PprofFile, Function as PprofFunction } from 'pprof-format';
import type { Frame } from '../../../model/profile.js';
import { FormatError } from '../../format-error.js';
import { guessKind } from '../../symbols/frame-origin.js';
import { goPackageOf } from '../../symbols/go-symbol.js';
import { framePruning, type Pruning } from './pruning.js';

/** As decoded: a number if it is small, else a bigint. */
export type Id = number | bigint;
/** @throws FormatError if the file has no such string */
export type Text = (index: Id, field: string) => string;

/** A sample without a location: pprof counts it in the total, and shows it nowhere. */
const NO_STACK: Frame = { name: '[no stack]', file: null, line: null, module: null, kind: 'unknown' };

/** Turns a pprof file's locations into frames. */
export class PprofFrames {
  /** Whether a Go program was profiled. */
  readonly isGo: boolean;
  readonly #frames: Frame[] = [];
  readonly #text: Text;
  readonly #pruning: Pruning | null;
  readonly #functions: Map<Id, PprofFunction>;
  readonly #locations: Map<Id, Location>;
  readonly #modules: Map<Id, string>;
  /** By location. */
  readonly #known = new Map<Id, { indices: readonly number[]; cut: 'none' | 'here' | 'below' }>();
  #noStack: number | null = null;

  /** @throws FormatError */
  constructor(file: PprofFile, text: Text) {
    this.#text = text;
    this.#pruning = framePruning(text(file.dropFrames, 'drop_frames'), text(file.keepFrames, 'keep_frames'));
    this.#functions = new Map(file.function.map((one) => [one.id, one]));
    this.#locations = new Map(file.location.map((one) => [one.id, one]));
    this.#modules = new Map(file.mapping.map(({ id, filename }) => [id, text(filename, 'mapping')]));
    this.isGo = file.function.some(({ filename }) => text(filename, 'function').endsWith('.go'));
  }

  /**
   * Indices for {@link at}, root first. As pprof does, leaves out what is below an uninteresting function, such as
   * the allocator's own.
   * @param ids leaf first, as in the file
   * @throws FormatError
   */
  stack(ids: readonly Id[], field: string): number[] {
    const stack: number[] = [];
    let hasOthers = false;
    for (const id of ids.toReversed()) {
      const { indices, cut } = this.#location(id, field);
      // What comes before the first other function is kept, or nothing might be left.
      if (cut === 'here' && hasOthers) break;
      for (const frame of indices) stack.push(frame);
      if (cut === 'below' && hasOthers) break;
      hasOthers ||= cut === 'none';
    }
    if (stack.length > 0) return stack;
    this.#noStack ??= this.#frames.push(NO_STACK) - 1;
    return [this.#noStack];
  }

  /** The frame of an index from {@link stack}. */
  at(index: number): Frame {
    const frame = this.#frames[index];
    if (!frame) throw new RangeError(`no frame ${index}`);
    return frame;
  }

  #location(id: Id, field: string): { indices: readonly number[]; cut: 'none' | 'here' | 'below' } {
    const known = this.#known.get(id);
    if (known) return known;
    const location = this.#locations.get(id);
    if (!location) throw new FormatError(`no location ${id}`, { field, expected: 'ids of locations' });
    const module = this.#modules.get(location.mappingId) || null;
    // The last line is the function itself; the ones before it were inlined into it.
    const frames = location.line
      .toReversed()
      .map(({ functionId }, depth) => this.#line(functionId, module, depth > 0, id));
    const uninteresting = this.#pruning ? frames.findIndex(({ name }) => this.#pruning?.(name)) : -1;
    if (frames.length === 0) frames.push(nameless(module));
    const kept = uninteresting > 0 ? frames.slice(0, uninteresting) : frames;
    const made = {
      indices: kept.map((frame) => this.#frames.push(frame) - 1),
      cut: uninteresting < 0 ? ('none' as const) : uninteresting === 0 ? ('here' as const) : ('below' as const),
    };
    this.#known.set(id, made);
    return made;
  }

  #line(functionId: Id, module: string | null, isInlined: boolean, locationId: Id): Frame {
    const found = this.#functions.get(functionId);
    if (!found) {
      throw new FormatError(`no function ${functionId}`, {
        field: `location ${locationId}`,
        expected: 'ids of functions',
      });
    }
    const symbol = this.#text(found.systemName, 'function');
    const name = this.#text(found.name, 'function') || symbol || '[unknown]';
    const file = this.#text(found.filename, 'function') || null;
    const startLine = Number(BigInt.asIntN(64, BigInt(found.startLine)));
    const line = Number.isSafeInteger(startLine) && startLine > 0 ? startLine : null;
    if (this.isGo && isGoFile(file)) {
      const goModule = goPackageOf(name);
      if (goModule !== null) return { name, file, line, module: goModule, kind: 'go' };
    }
    const frame = { name, file, line, module };
    const kind = isInlined ? 'inlined' : guessKind(frame);
    return { ...frame, kind, ...(symbol !== '' && symbol !== name && { rawName: symbol }) };
  }
}

/** Code of a binary whose addresses nobody named: each binary is a frame, as pprof shows it. */
function nameless(module: string | null): Frame {
  const binary = module?.slice(module.lastIndexOf('/') + 1);
  const frame = { name: binary ? `[unknown] ${binary}` : '[unknown]', file: null, line: null, module };
  return { ...frame, kind: guessKind(frame) };
}

/** Assembly and compiler-generated code are Go too; linked C code has other files. */
function isGoFile(file: string | null): boolean {
  return file === null || /\.(go|s)$/.test(file) || file === '<autogenerated>';
}
