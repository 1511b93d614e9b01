import { z } from 'zod';
import type { Frame, Profile } from '../../model/profile.js';
import { blankMeta } from '../blank-meta.js';
import { ProfileBuilder } from '../profile-builder.js';
import { packageOfFile } from '../source-package.js';
import { FormatError } from './format-error.js';
import { checked, parseJson } from './json-document.js';
import { plainPath } from './v8-symbol.js';

const EXPECTED = 'a .cpuprofile of V8, with nodes, samples and timeDeltas';

const Node = z.object({
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
type Node = z.infer<typeof Node>;

/** The Chrome DevTools protocol's `Profiler.Profile`; times are microseconds of a monotonic clock. */
const CpuProfile = z.object({
  nodes: z.array(Node),
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  samples: z.array(z.number()).optional(),
  timeDeltas: z.array(z.number()).optional(),
});
type CpuProfile = z.infer<typeof CpuProfile>;

/** What V8 notes for a time at which no JavaScript ran. */
const IDLE = '(idle)';

/**
 * A V8 CPU profile, as the inspector, DevTools and `node --cpu-prof` write it. Weights are the exact times between
 * samples, in nanoseconds; a file without samples has weights in samples. Idle time is no CPU time and is left out.
 * @throws FormatError
 */
export function parseCpuProfile(text: string, title: string): Profile {
  const document = checked(CpuProfile, parseJson(text, EXPECTED), EXPECTED);
  const stacks = new NodeStacks(document.nodes);
  const timed = document.samples !== undefined && document.timeDeltas !== undefined;
  const seen = timed ? sampleTimes(document) : hitCounts(document.nodes);

  let idle = 0;
  let total = 0;
  for (const { nodeId, samples, weight } of seen) {
    total += weight;
    if (stacks.isIdle(nodeId)) idle += weight;
    else stacks.add(nodeId, samples, weight);
  }
  const { startTime, endTime } = document;
  const durationS = startTime !== undefined && endTime !== undefined ? (endTime - startTime) / 1e6 : null;
  return stacks.builder.build(
    blankMeta({
      title,
      unit: timed ? 'nanoseconds' : 'samples',
      tool: 'V8 CPU profiler',
      event: 'wall-clock',
      // V8 keeps its interval to itself; what it came to is known.
      rateHz: durationS && durationS > 0 && seen.length > 0 && timed ? round(seen.length / durationS) : null,
      durationS,
      caveats: caveats(timed, total > 0 ? idle / total : 0),
    }),
  );
}

interface NodeWeight {
  nodeId: number;
  samples: number;
  weight: number;
}

/**
 * A sample holds until the next one, and the last one until the end: `timeDeltas[i]` is the time from sample i-1 to
 * sample i, the first one from the start (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile).
 * V8 writes samples out of order at times, with a negative delta: DevTools sorts them, and so do we.
 */
function sampleTimes({ samples = [], timeDeltas = [], startTime = 0, endTime }: CpuProfile): NodeWeight[] {
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
    return { nodeId, samples: 1, weight: (untilUs - atUs) * 1000 };
  });
}

function hitCounts(nodes: readonly Node[]): NodeWeight[] {
  return nodes
    .filter(({ hitCount }) => hitCount > 0)
    .map(({ id, hitCount }) => ({ nodeId: id, samples: hitCount, weight: hitCount }));
}

/** The tree of a profile, as stacks of frames. */
class NodeStacks {
  readonly builder = new ProfileBuilder();
  readonly #nodes: Map<number, Node>;
  readonly #parents = new Map<number, number>();
  readonly #stacks = new Map<number, readonly number[]>();

  constructor(nodes: readonly Node[]) {
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
    const stack: number[] = [];
    const passed = new Set<number>();
    for (let id: number | undefined = nodeId; id !== undefined; id = this.#parents.get(id)) {
      const node = this.#nodes.get(id);
      if (!node) throw new FormatError(`no node has the id ${id}`, { field: 'samples', expected: 'ids of nodes' });
      if (passed.has(id)) throw new FormatError(`node ${id} is its own caller`, { field: 'nodes', expected: 'a tree' });
      passed.add(id);
      if (node.callFrame.functionName !== '(root)') stack.push(this.builder.frame(frameOf(node)));
    }
    const node = this.#nodes.get(nodeId);
    if (stack.length === 0 && node) stack.push(this.builder.frame(frameOf(node)));
    stack.reverse();
    this.#stacks.set(nodeId, stack);
    return stack;
  }
}

/** Native functions have no script: they are in the binary that V8 is built into. */
const NATIVE_MODULE = 'node';

function frameOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: Node): Frame {
  if (url === '') {
    return { name: functionName || '(anonymous)', file: null, line: null, module: NATIVE_MODULE, kind: 'native' };
  }
  const line = lineNumber < 0 ? null : lineNumber + 1;
  // As in perf's profiles: the place is the name of a function without one, of which bundles have thousands a line.
  const name = functionName || (line === null ? '(anonymous)' : `(anonymous ${line}:${columnNumber + 1})`);
  const file = plainPath(url);
  return { name, file, line, module: packageOfFile(file), kind: 'javascript' };
}

function caveats(timed: boolean, idleShare: number): string[] {
  const idle = `${(idleShare * 100).toFixed(1)} % of the time the main thread was idle; that is left out`;
  return [
    ...(idleShare > 0 ? [`${idle}, and shares are of the rest.`] : []),
    ...(timed ? [] : ['The file holds hit counts and no times: weights are samples.']),
    'Only the main thread and its JavaScript: no kernel frames, no other threads. (program) is native code that ran ' +
      'without JavaScript on the stack, (garbage collector) is the part of collection that stopped the main thread.',
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
