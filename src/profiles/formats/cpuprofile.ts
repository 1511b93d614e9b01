import { z } from 'zod';
import { formatShare } from '../../lib/format.js';
import type { Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { hasKey, type ProfileFormat, single, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';
import { addV8Profile, isTimed, type V8Node, V8Profile } from './v8-profile.js';

const EXPECTED = 'a .cpuprofile of V8, with nodes, samples and timeDeltas';

/**
 * Parses a V8 CPU profile, as written by the inspector, DevTools, `node --cpu-prof`, and v8-profiler, whose older form is a
 * tree (`head`). Weights are the times between samples, in nanoseconds; if the file has no samples, weights are samples.
 * Idle time isn't CPU time and is left out.
 * @throws FormatError
 */
export function parseCpuProfile(text: string, title: string): Profile {
  const parsed = parseJson(text, EXPECTED);
  const document = isOlder(parsed) ? fromTree(parsed) : checked(V8Profile, parsed, EXPECTED);
  const timed = isTimed(document);
  const builder = new ProfileBuilder();
  const { weight, idle, samples } = addV8Profile(builder, document, { binary: 'node' });
  const { startTime, endTime } = document;
  const durationS = startTime !== undefined && endTime !== undefined ? (endTime - startTime) / 1e6 : null;
  return builder.build(
    blankMeta({
      title,
      unit: timed ? 'nanoseconds' : 'samples',
      tool: 'V8 CPU profiler',
      event: 'wall-clock',
      // The file doesn't hold the interval, so this is the actual rate.
      rateHz: durationS && durationS > 0 && samples > 0 && timed ? Math.round((10 * samples) / durationS) / 10 : null,
      durationS,
      caveats: caveats(timed, weight > 0 ? idle / weight : 0),
    }),
  );
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

/** The form of V8's C++ interface, as v8-profiler and DevTools before 2017 wrote it; times are seconds. */
const OlderProfile = z.object({
  startTime: z.number().optional(),
  endTime: z.number().optional(),
  samples: z.array(z.number()).optional(),
  /** Microseconds, one for each sample. If there is one more, it is the end. */
  timestamps: z.array(z.number()).optional(),
});

const OlderNode = z.object({
  id: z.number().optional(),
  functionName: z.string(),
  url: z.string().default(''),
  /** From 1; 0 where there is none. */
  lineNumber: z.number().int().default(0),
  columnNumber: z.number().int().default(0),
  hitCount: z.number().int().min(0).default(0),
  children: z.array(z.unknown()).default([]),
});

function isOlder(document: unknown): document is { head: object } {
  return typeof document === 'object' && document !== null && 'head' in document && !('nodes' in document);
}

/** @throws FormatError */
function fromTree(document: { head: unknown }): V8Profile {
  const { samples, timestamps, startTime, endTime } = checked(OlderProfile, document, EXPECTED);
  const nodes = nodesOf(document.head);
  if (samples === undefined || timestamps === undefined) return { nodes };
  if (timestamps.length !== samples.length && timestamps.length !== samples.length + 1) {
    throw new FormatError(`${samples.length} samples and ${timestamps.length} timestamps`, {
      field: 'timestamps',
      expected: 'one for each sample',
    });
  }
  const startUs = timestamps[0] ?? (startTime ?? 0) * 1e6;
  // Seconds are too coarse where the profile is short: the times of the samples know better.
  const endUs = Math.max(timestamps.at(-1) ?? startUs, (endTime ?? 0) * 1e6);
  const timeDeltas = samples.map((_, index) => (timestamps[index] ?? 0) - (timestamps[index - 1] ?? startUs));
  return { nodes, samples, timeDeltas, startTime: startUs, endTime: endUs };
}

/** All nodes below and with `head`. No recursion: a tree may be of any depth. */
function nodesOf(head: unknown): V8Node[] {
  const nodes: V8Node[] = [];
  const pending: { value: unknown; field: string; parent?: number }[] = [{ value: head, field: 'head' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { field, parent } = next;
    const node = checkedNode(next.value, field);
    // Trees without samples may have no ids.
    const id = node.id ?? -1 - nodes.length;
    const callFrame = {
      functionName: node.functionName,
      url: node.url,
      lineNumber: node.lineNumber - 1,
      columnNumber: node.columnNumber - 1,
    };
    nodes.push({ id, callFrame, hitCount: node.hitCount, children: [], parent });
    for (const [index, value] of node.children.entries()) {
      pending.push({ value, field: `${field}.children[${index}]`, parent: id });
    }
  }
  return nodes;
}

function checkedNode(value: unknown, field: string): z.infer<typeof OlderNode> {
  const { success, data, error } = OlderNode.safeParse(value);
  if (success) return data;
  const issue = error.issues[0];
  const at = issue?.path.map((part) => `.${String(part)}`).join('') ?? '';
  throw new FormatError(issue?.message ?? 'invalid', { field: `${field}${at}`, expected: EXPECTED, cause: error });
}

export const cpuProfileFormat: ProfileFormat = {
  name: 'cpuprofile',
  title: '.cpuprofile',
  kind: 'whole',
  detect: (start) =>
    start.kind === 'json' &&
    (hasKey(start.text, 'callFrame', '\\{') ||
      hasKey(start.text, 'timeDeltas', '\\[') ||
      hasKey(start.text, 'head', '\\{\\s*"functionName"')),
  fileName: /\.cpuprofile$/,
  parse: (bytes, title) => single(parseCpuProfile(textOf(bytes), title)),
};
