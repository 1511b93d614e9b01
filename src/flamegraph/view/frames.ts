import type { FrameKind } from '../../model/profile.js';
import type { PageData } from './page-data.js';

/** A frame with its text; empty where it isn't known. */
export interface NamedFrame {
  name: string;
  /** What the tables call it. */
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
