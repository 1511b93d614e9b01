import { z } from 'zod';
import type { Frame } from '../../../model/profile.js';
import { packageOfFile } from '../../categories/source-package.js';
import { ProfileBuilder } from '../../profile-builder.js';
import { plainPath } from '../../symbols/v8-symbol.js';
import { FormatError } from '../format-error.js';

export const CpuProfileNode = z.object({
  id: z.number(),
  callFrame: z.object({
    functionName: z.string(),
    url: z.string().default(''),
    lineNumber: z.number().int().default(-1),
    columnNumber: z.number().int().default(-1),
  }),
  hitCount: z.number().min(0).default(0),
  children: z.array(z.number()).default([]),
  /** Newer tools write the tree this way round. */
  parent: z.number().optional(),
});
export type CpuProfileNode = z.infer<typeof CpuProfileNode>;

/** What V8 notes for a time at which no JavaScript ran. */
const IDLE = '(idle)';

/** The tree of a profile, as stacks of frames. */
export class NodeStacks {
  readonly builder = new ProfileBuilder();
  readonly #nodes: Map<number, CpuProfileNode>;
  readonly #parents = new Map<number, number>();
  readonly #frames = new Map<number, number>();
  readonly #stacks = new Map<number, readonly number[]>();

  constructor(nodes: readonly CpuProfileNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { id, children, parent } of nodes) {
      for (const child of children) this.#parents.set(child, id);
      if (parent !== undefined) this.#parents.set(id, parent);
    }
  }

  isIdle(nodeId: number): boolean {
    return this.#nodes.get(nodeId)?.callFrame.functionName === IDLE;
  }

  add(nodeId: number, samples: number, weight: number): void {
    this.builder.add(this.#stack(nodeId), samples, weight);
  }

  /** Root first. From the node up and without recursion: a file can hold a tree as deep as it likes, or a ring. */
  #stack(nodeId: number): readonly number[] {
    const known = this.#stacks.get(nodeId);
    if (known) return known;
    const above: number[] = [];
    let below: readonly number[] = [];
    let passed = 0;
    for (let id: number | undefined = nodeId; id !== undefined; id = this.#parents.get(id)) {
      const node = this.#nodes.get(id);
      if (!node) throw new FormatError(`no node has the id ${id}`, { field: 'samples', expected: 'ids of nodes' });
      passed += 1;
      if (passed > this.#nodes.size) {
        throw new FormatError(`node ${id} is its own caller`, { field: 'nodes', expected: 'a tree' });
      }
      const holder = this.#stacks.get(id);
      if (holder) {
        below = holder;
        break;
      }
      // The root is no function; only where a sample fell on the root itself is it all that is known.
      if (node.callFrame.functionName !== '(root)' || id === nodeId) above.push(this.#frame(node));
    }
    const stack = [...below, ...above.reverse()];
    if (this.#nodes.get(nodeId)?.callFrame.functionName !== '(root)') this.#stacks.set(nodeId, stack);
    return stack;
  }

  #frame(node: CpuProfileNode): number {
    const known = this.#frames.get(node.id);
    if (known !== undefined) return known;
    const index = this.builder.frame(frameOf(node));
    this.#frames.set(node.id, index);
    return index;
  }
}

/** Native functions have no script: they are in the binary that V8 is built into. */
const NATIVE_MODULE = 'node';

function frameOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: CpuProfileNode): Frame {
  if (url === '') {
    return { name: functionName || '(anonymous)', file: null, line: null, module: NATIVE_MODULE, kind: 'native' };
  }
  const line = lineNumber < 0 ? null : lineNumber + 1;
  // As in perf's profiles: the place is the name of a function without one, of which bundles have thousands a line.
  const name = functionName || (line === null ? '(anonymous)' : `(anonymous ${line}:${columnNumber + 1})`);
  const file = plainPath(url);
  return { name, file, line, module: packageOfFile(file), kind: 'javascript' };
}
