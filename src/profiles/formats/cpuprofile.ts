import { z } from 'zod';
import { formatShare } from '../../lib/format.js';
import type { Frame, Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { packageOfFile } from '../symbols/frame-origin.js';
import { plainPath } from '../symbols/v8-symbol.js';
import { hasKey, type ProfileFormat, single, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';

const EXPECTED = 'a .cpuprofile of V8, with nodes, samples and timeDeltas';

const CpuProfileNode = z.object({
  id: z.number(),
  callFrame: z.object({
    functionName: z.string(),
    url: z.string().default(''),
    lineNumber: z.number().int().default(-1),
    columnNumber: z.number().int().default(-1),
  }),
  hitCount: z.number().min(0).default(0),
  children: z.array(z.number()).default([]),
  /** Newer tools write this instead of `children`. */
  parent: z.number().optional(),
});
type CpuProfileNode = z.infer<typeof CpuProfileNode>;

/** The Chrome DevTools protocol's `Profiler.Profile`; times are microseconds of a monotonic clock. */
const CpuProfile = z.object({
  nodes: z.array(CpuProfileNode),
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  samples: z.array(z.number()).optional(),
  timeDeltas: z.array(z.number()).optional(),
});
type CpuProfile = z.infer<typeof CpuProfile>;

/**
 * Parses a V8 CPU profile, as written by the inspector, DevTools and `node --cpu-prof`. Weights are the times between
 * samples, in nanoseconds; if the file has no samples, weights are samples. Idle time isn't CPU time and is left out.
 * @throws FormatError
 */
export function parseCpuProfile(text: string, title: string): Profile {
  const document = checked(CpuProfile, parseJson(text, EXPECTED), EXPECTED);
  const stacks = new NodeStacks(document.nodes);
  const timed = document.samples !== undefined && document.timeDeltas !== undefined;
  const seen = timed ? sampleTimes(document) : hitCounts(document.nodes);

  let idle = 0;
  let total = 0;
  for (const [nodeId, { samples, weight }] of byNode(seen)) {
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
      // The file doesn't hold the interval, so this is the actual rate.
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
 * A sample lasts until the next one, the last one until the end. `timeDeltas[i]` is the time from sample i-1 to sample
 * i, the first from the start (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile).
 * V8 sometimes writes samples out of order, with a negative delta; DevTools sorts them, and so do we.
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

/** Sums up by node: there are a thousand samples a second, and far fewer nodes. */
function byNode(seen: readonly NodeWeight[]): Map<number, { samples: number; weight: number }> {
  const sums = new Map<number, { samples: number; weight: number }>();
  for (const { nodeId, samples, weight } of seen) {
    const sum = sums.get(nodeId);
    if (sum) {
      sum.samples += samples;
      sum.weight += weight;
    } else sums.set(nodeId, { samples, weight });
  }
  return sums;
}

function hitCounts(nodes: readonly CpuProfileNode[]): NodeWeight[] {
  return nodes
    .filter(({ hitCount }) => hitCount > 0)
    .map(({ id, hitCount }) => ({ nodeId: id, samples: hitCount, weight: hitCount }));
}

function caveats(timed: boolean, idleShare: number): string[] {
  const idle = `${formatShare(idleShare)} of the time the main thread was idle; that time is left out`;
  return [
    ...(idleShare > 0 ? [`${idle}, and shares are of the rest.`] : []),
    ...(timed ? [] : ['The file has hit counts but no times: weights are samples.']),
    'Only JavaScript on the main thread: no kernel frames, no other threads. (program) is native code that ran without ' +
      'JavaScript on the stack, (garbage collector) is the part of collection that stopped the main thread.',
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** V8's node for time in which no JavaScript ran. */
const IDLE = '(idle)';

/** Turns a profile's tree into stacks of frames. */
class NodeStacks {
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

  /** Root first. Walks up without recursion: a file may hold a tree of any depth, or a cycle. */
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
      // The root isn't a function, unless it is all that is known of a sample.
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

/** Native functions have no script: they are part of the binary. */
const NATIVE_MODULE = 'node';

function frameOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: CpuProfileNode): Frame {
  if (url === '') {
    return { name: functionName || '(anonymous)', file: null, line: null, module: NATIVE_MODULE, kind: 'native' };
  }
  const line = lineNumber < 0 ? null : lineNumber + 1;
  // As in perf's profiles: a bundle has thousands of nameless functions on one line, so name them by position.
  const name = functionName || (line === null ? '(anonymous)' : `(anonymous ${line}:${columnNumber + 1})`);
  const file = plainPath(url);
  return { name, file, line, module: packageOfFile(file), kind: 'javascript' };
}

export const cpuProfileFormat: ProfileFormat = {
  name: 'cpuprofile',
  title: '.cpuprofile',
  kind: 'whole',
  detect: (start) =>
    start.kind === 'json' && (hasKey(start.text, 'callFrame', '\\{') || hasKey(start.text, 'timeDeltas', '\\[')),
  fileName: /\.cpuprofile$/,
  parse: (bytes, title) => single(parseCpuProfile(textOf(bytes), title)),
};
