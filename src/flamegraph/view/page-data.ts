import type { Category } from '../../model/category.js';
import type { FrameKind, WeightUnit } from '../../model/profile.js';
import type { Grouping } from '../../profiles/group-by.js';

/** The data of one profile for a page's script, as JSON in the page. Strings are stored once in `strings`. */
export interface PageData {
  strings: string[];
  /**
   * Five numbers per frame: indices into `strings` of its name, file and module (-1: unknown), its function (index into
   * `functions`), and the line (0: unknown).
   */
  frames: number[];
  frameKinds: FrameKind[];
  /** Functions, as the page's tables list them: indices into `strings` of their names. */
  functions: number[];
  categories: { id: Category; label: string; colour: string }[];
  /** The call tree in preorder: frame + 1 (0: the root), category, and levels above a child of the previous node. */
  tree: Packed;
  /** Where samples ended: step from the previous row's node, thread + 1 (0: unknown), and two values. */
  ends: Packed;
  /** Values are integers: this times the real ones. */
  scale: number;
  /** Ways to group stacks, each with the name of every thread's group, as an index into `strings`. */
  groupings: { by: Exclude<Grouping, 'none'>; groups: number[] }[];
  /** The grouping that is shown first. */
  grouping: Grouping;
  /** What ran when, if known. */
  timeline: PackedTimeline | null;
  view: ProfileView | DiffView;
}

/** Base64 of raw deflate of packed columns of integers. */
export interface Packed {
  rows: number;
  columns: string;
}

/**
 * Intervals, lane by lane: lane, start since the end of the lane's previous interval (or since 0), duration, and node of the
 * call tree. Times are in microseconds.
 */
export interface PackedTimeline extends Packed {
  /** A name for each lane, which is a thread; the busiest first. */
  lanes: string[];
  /** A sample is drawn until the next one, but no longer than this; null if durations were measured. */
  sampleUs: number | null;
}

/** A node's values are weight, in `unit`, and samples. */
export interface ProfileView {
  kind: 'profile';
  unit: WeightUnit;
  /** The event that weights count. */
  event: string | null;
  /** What the profile is of: `CPU`, `waiting`, `page-faults`. */
  measure: string;
  /** Microseconds per request for a weight of 1; null without a load, or if the unit isn't time. */
  usPerRequest: number | null;
}

/** A node's values are after and before. */
export interface DiffView {
  kind: 'diff';
  /** CPU microseconds per request, or a share of 1. */
  unit: 'cpu-us-per-request' | 'share';
  beforeTitle: string;
  afterTitle: string;
}

/** A frame with its strings; unknown ones are empty. */
export interface NamedFrame {
  name: string;
  file: string;
  module: string;
  /** Its function; -1 if it isn't code. */
  function: number;
  line: number;
  kind: FrameKind;
}

const FIELDS = 5;

/** The frames of a page, by index. */
export function namedFrames({ strings, frames, frameKinds }: PageData): NamedFrame[] {
  const text = (index: number | undefined) => strings[index ?? -1] ?? '';
  return frameKinds.map((kind, index) => {
    const [name, file, module, ofFunction, line] = frames.slice(index * FIELDS, (index + 1) * FIELDS);
    return {
      name: text(name),
      file: text(file),
      module: text(module),
      function: ofFunction ?? -1,
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
export function packColumns(columns: readonly ArrayLike<number>[]): Uint8Array {
  let bytes = new Uint8Array(1024);
  let length = 0;
  for (const column of columns) {
    for (let row = 0; row < column.length; row++) {
      if (length + 8 > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      let rest = column[row] ?? 0;
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
