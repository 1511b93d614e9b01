import { z } from 'zod';
import type { Profile } from '../../../model/profile.js';
import { blankMeta } from '../../blank-meta.js';
import { FormatError } from '../format-error.js';
import { checked, parseJson } from '../json-document.js';
import { CpuProfileNode, NodeStacks } from './cpuprofile-nodes.js';

const EXPECTED = 'a .cpuprofile of V8, with nodes, samples and timeDeltas';

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

/** There are a thousand samples a second, and far fewer nodes. */
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
