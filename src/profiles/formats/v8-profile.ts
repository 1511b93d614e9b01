import { z } from 'zod';
import type { Frame } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import type { ProfileBuilder } from '../profile-builder.js';
import { packageOfFile } from '../symbols/frame-origin.js';
import { plainPath } from '../symbols/v8-symbol.js';

export const V8CallFrame = z.object({
  functionName: z.string(),
  url: z.string().default(''),
  /** From 0; -1 where there is none. */
  lineNumber: z.number().int().default(-1),
  columnNumber: z.number().int().default(-1),
});
export type V8CallFrame = z.infer<typeof V8CallFrame>;

export const V8Node = z.object({
  id: z.number(),
  callFrame: V8CallFrame,
  hitCount: z.number().int().min(0).default(0),
  children: z.array(z.number()).default([]),
  /** Newer tools write this instead of `children`. */
  parent: z.number().optional(),
});
export type V8Node = z.infer<typeof V8Node>;

/** The Chrome DevTools protocol's `Profiler.Profile`; times are microseconds of a monotonic clock. */
export const V8Profile = z.object({
  nodes: z.array(V8Node),
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  samples: z.array(z.number()).optional(),
  timeDeltas: z.array(z.number()).optional(),
});
export type V8Profile = z.infer<typeof V8Profile>;

/** Where a V8 profile was taken. */
interface V8Origin {
  /** `node`, or another program that V8 is part of. */
  binary: string;
  /** Index in the builder. */
  thread?: number;
  /** Whether nodes may be missing, as in a trace whose start was overwritten. Their samples count as unknown. */
  mayLackNodes?: boolean;
}

/** What a V8 profile added to the builder. */
export interface V8Total {
  /** Nanoseconds, or samples if the profile has no times. */
  weight: number;
  /** Of `weight`: time in which the thread had nothing to do; it wasn't added. */
  idle: number;
  samples: number;
}

/** Whether weights are times; without them they are samples. */
export function isTimed({ samples, timeDeltas }: V8Profile): boolean {
  return samples !== undefined && timeDeltas !== undefined;
}

/**
 * Adds the samples of a thread. Weights are the times between samples, in nanoseconds; if the profile has none, weights
 * are samples. Idle time isn't CPU time and is left out.
 * @throws FormatError
 */
export function addV8Profile(builder: ProfileBuilder, profile: V8Profile, origin: V8Origin): V8Total {
  const stacks = new NodeStacks(profile.nodes, builder, origin);
  const total: V8Total = { weight: 0, idle: 0, samples: 0 };
  for (const { nodeId, samples, weight, atUs } of isTimed(profile) ? sampleTimes(profile) : hitCounts(profile.nodes)) {
    total.weight += weight;
    total.samples += samples;
    if (stacks.isIdle(nodeId)) total.idle += weight;
    else builder.count(stacks.stack(nodeId), samples, weight, atUs);
  }
  return total;
}

interface NodeWeight {
  nodeId: number;
  samples: number;
  weight: number;
  atUs?: number;
}

/**
 * A sample lasts until the next one, the last one until the end. `timeDeltas[i]` is the time from sample i-1 to sample
 * i, the first from the start (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile).
 * V8 sometimes writes samples out of order, with a negative delta; DevTools sorts them, and so do we.
 */
function sampleTimes({ samples = [], timeDeltas = [], startTime = 0, endTime }: V8Profile): NodeWeight[] {
  if (samples.length !== timeDeltas.length) {
    throw new FormatError(`${samples.length} samples and ${timeDeltas.length} timeDeltas`, {
      field: 'timeDeltas',
      expected: 'one for each sample',
    });
  }
  let clockUs = startTime;
  const taken = samples.map((nodeId, index) => {
    clockUs += timeDeltas[index] ?? 0;
    return { nodeId, atUs: clockUs };
  });
  taken.sort((a, b) => a.atUs - b.atUs);
  return taken.map(({ nodeId, atUs }, index) => {
    const untilUs = taken[index + 1]?.atUs ?? Math.max(endTime ?? atUs, atUs);
    return { nodeId, samples: 1, weight: (untilUs - atUs) * 1000, atUs };
  });
}

function hitCounts(nodes: readonly V8Node[]): NodeWeight[] {
  return nodes
    .filter(({ hitCount }) => hitCount > 0)
    .map(({ id, hitCount }) => ({ nodeId: id, samples: hitCount, weight: hitCount }));
}

/** V8's node for time in which no JavaScript ran. */
const IDLE = '(idle)';

/** The stacks of a profile's tree, by node. */
class NodeStacks {
  readonly #builder: ProfileBuilder;
  readonly #binary: string;
  readonly #mayLackNodes: boolean;
  readonly #thread: number | undefined;
  readonly #nodes: Map<number, V8Node>;
  readonly #parents = new Map<number, number>();
  readonly #frames = new Map<number, number>();
  readonly #stacks = new Map<number, readonly number[]>();
  readonly #indices = new Map<number, number>();

  constructor(nodes: readonly V8Node[], builder: ProfileBuilder, { binary, thread, mayLackNodes = false }: V8Origin) {
    this.#builder = builder;
    this.#mayLackNodes = mayLackNodes;
    this.#binary = binary;
    this.#thread = thread;
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { id, children, parent } of nodes) {
      for (const child of children) this.#parents.set(child, id);
      if (parent !== undefined) this.#parents.set(id, parent);
    }
  }

  isIdle(nodeId: number): boolean {
    return this.#nodes.get(nodeId)?.callFrame.functionName === IDLE;
  }

  /** Index in the builder. @throws FormatError */
  stack(nodeId: number): number {
    const known = this.#indices.get(nodeId);
    if (known !== undefined) return known;
    const index = this.#builder.stack(this.#path(nodeId), this.#thread);
    this.#indices.set(nodeId, index);
    return index;
  }

  /** Root first. Walks up without recursion: a file may hold a tree of any depth, or a cycle. */
  #path(nodeId: number): readonly number[] {
    const known = this.#stacks.get(nodeId);
    if (known) return known;
    const above: number[] = [];
    let below: readonly number[] = [];
    let passed = 0;
    for (let id: number | undefined = nodeId; id !== undefined; id = this.#parents.get(id)) {
      const node = this.#nodes.get(id);
      if (!node && this.#mayLackNodes) break;
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
      // The root isn't a function, unless it is all that is known of a sample.
      if (node.callFrame.functionName !== '(root)' || id === nodeId) above.push(this.#frame(node));
    }
    const stack = [...below, ...above.reverse()];
    if (stack.length === 0) stack.push(this.#builder.frame(UNKNOWN));
    if (this.#nodes.get(nodeId)?.callFrame.functionName !== '(root)') this.#stacks.set(nodeId, stack);
    return stack;
  }

  #frame(node: V8Node): number {
    const known = this.#frames.get(node.id);
    if (known !== undefined) return known;
    const index = this.#builder.frame(v8Frame(node.callFrame, this.#binary));
    this.#frames.set(node.id, index);
    return index;
  }
}

const UNKNOWN: Frame = { name: '[unknown]', file: null, line: null, module: null, kind: 'unknown' };

/**
 * A function of V8's own profiles.
 * @param binary native functions have no script: they are part of it
 */
export function v8Frame({ functionName, url, lineNumber, columnNumber }: V8CallFrame, binary: string): Frame {
  if (url === '')
    return { name: functionName || '(anonymous)', file: null, line: null, module: binary, kind: 'native' };
  const line = lineNumber < 0 ? null : lineNumber + 1;
  // As in perf's profiles: a bundle has thousands of nameless functions on one line, so name them by position.
  const name = functionName || (line === null ? '(anonymous)' : `(anonymous ${line}:${columnNumber + 1})`);
  // A script without a name was evaluated.
  const file = url === '' ? null : plainPath(url);
  return { name, file, line, module: file === null ? null : packageOfFile(file), kind: 'javascript' };
}
