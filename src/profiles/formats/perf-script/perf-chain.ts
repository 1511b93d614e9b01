import type { KnownFrame, PerfFrameTable } from './perf-frame-table.js';

/**
 * A call chain as perf prints it, innermost first, as indices of frames, outermost first.
 *
 * perf prints the function that holds inlined ones right after them, with the same address: it tells their binary.
 * Where that is missing, the outermost of them is the function itself, by another of its names (memcpy has many).
 */
export function rootFirst(chain: readonly KnownFrame[], table: PerfFrameTable): number[] {
  const stack: number[] = [];
  let outer: KnownFrame | undefined;
  let holder: KnownFrame | null = null;
  for (const frame of chain.toReversed()) {
    if (outer?.address !== frame.address) holder = null;
    if (frame.inlined === null) {
      holder = frame;
      stack.push(frame.index);
    } else if (holder) stack.push(table.inlinedIn(frame.inlined, holder.module));
    else stack.push(outer?.address === frame.address ? frame.index : table.nativeOfUnknownModule(frame.inlined));
    outer = frame;
  }
  return stack;
}
