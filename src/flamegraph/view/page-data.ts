import type { Category } from '../../model/category.js';
import type { FrameKind, WeightUnit } from '../../model/profile.js';

/** The data for a page's script, as JSON in the page. Strings are stored once in `strings`, the tree is in `columns`. */
export interface PageData {
  strings: string[];
  /**
   * Five numbers per frame: indices into `strings` of name, function (the normalised name), file and module (-1:
   * unknown), and the line (0: unknown).
   */
  frames: number[];
  frameKinds: FrameKind[];
  categories: { id: Category; label: string; colour: string }[];
  /** Number of nodes in the tree, including the root. */
  nodes: number;
  /**
   * Base64 of raw deflate of packed columns with one entry per node, in preorder: frame + 1 (0: the root), category, how
   * many levels it is above a child of the previous node, and its two self values.
   */
  columns: string;
  view: ProfileView | DiffView;
}

/** A node's values are weight, in `unit`, and samples. */
export interface ProfileView {
  kind: 'profile';
  unit: WeightUnit;
  /** The name of the weight: `CPU`, `Waiting`. */
  measure: string;
  /** Microseconds per request for a weight of 1; null without a load, or if the unit isn't time. */
  usPerRequest: number | null;
}

/** A node's values are after and before, as integers to be divided by `scale`. */
export interface DiffView {
  kind: 'diff';
  /** CPU microseconds per request, or a share of 1. */
  unit: 'cpu-us-per-request' | 'share';
  scale: number;
  beforeTitle: string;
  afterTitle: string;
}

/** A frame with its strings; unknown ones are empty. */
export interface NamedFrame {
  name: string;
  /** Its name in the tables. */
  functionName: string;
  file: string;
  module: string;
  line: number;
  kind: FrameKind;
}

const FIELDS = 5;

/** The frames of a page, by index. */
export function namedFrames({ strings, frames, frameKinds }: PageData): NamedFrame[] {
  const text = (index: number | undefined) => strings[index ?? -1] ?? '';
  return frameKinds.map((kind, index) => {
    const [name, functionName, file, module, line] = frames.slice(index * FIELDS, (index + 1) * FIELDS);
    return {
      name: text(name),
      functionName: text(functionName),
      file: text(file),
      module: text(module),
      line: line ?? 0,
      kind,
    };
  });
}

/**
 * Packs columns of integers into bytes, small enough for a page with a million nodes: little-endian base 128 varints
 * (https://protobuf.dev/programming-guides/encoding/#varints), one column after the other, so that similar values are
 * adjacent and compress well.
 * @param columns integers from 0 to 2^53 - 1, all columns of the same length
 */
export function packColumns(columns: readonly (readonly number[])[]): Uint8Array {
  let bytes = new Uint8Array(1024);
  let length = 0;
  for (const column of columns) {
    for (const value of column) {
      if (length + 8 > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      let rest = value;
      // No shifts: they have 32 bits, and nanoseconds need more.
      while (rest >= 128) {
        bytes[length++] = (rest % 128) + 128;
        rest = Math.floor(rest / 128);
      }
      bytes[length++] = rest;
    }
  }
  return bytes.subarray(0, length);
}

/** Unpacks columns. @param rows length of each column */
export function unpackColumns(bytes: Uint8Array, columns: number, rows: number): Float64Array[] {
  let at = 0;
  const next = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  return Array.from({ length: columns }, () => Float64Array.from({ length: rows }, next));
}
