import { z } from 'zod';
import type { Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { hasKey, type ProfileFormat, single, textOf } from './format.js';
import { checked, parseJson } from './json-document.js';
import { V8CallFrame, v8Frame } from './v8-profile.js';

const EXPECTED = 'a .heapprofile of V8: a tree of call frames with sizes';

/** https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile */
const HeapNode = z.object({
  callFrame: V8CallFrame,
  selfSize: z.number().min(0),
  children: z.array(z.unknown()).default([]),
});

/** Parses V8's sampled heap profile: bytes that were in use, by where they were allocated. @throws FormatError */
export function parseHeapProfile(text: string, title: string): Profile {
  const document = checked(z.object({ head: z.unknown() }), parseJson(text, EXPECTED), EXPECTED);
  const builder = new ProfileBuilder();
  // No recursion: a tree may be of any depth.
  const pending: { value: unknown; field: string; above: Link | null }[] = [
    { value: document.head, field: 'head', above: null },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, field, above } = next;
    const { success, data, error } = HeapNode.safeParse(value);
    if (!success) throw new FormatError(error.issues[0]?.message ?? 'invalid', { field, expected: EXPECTED });
    const isRoot = above === null && data.callFrame.functionName === '(root)';
    const link = isRoot ? null : { frame: builder.frame(v8Frame(data.callFrame, 'node')), above };
    if (data.selfSize > 0) builder.add(rootFirst(link), 1, data.selfSize);
    for (const [index, child] of data.children.entries()) {
      pending.push({ value: child, field: `${field}.children[${index}]`, above: link });
    }
  }
  return builder.build(
    blankMeta({ title, unit: 'bytes', kind: 'other', tool: 'V8 sampling heap profiler', event: 'inuse_space' }),
  );
}

/** A frame and its callers. Whole stacks are made only for nodes with a size. */
interface Link {
  frame: number;
  above: Link | null;
}

function rootFirst(leaf: Link | null): number[] {
  const stack: number[] = [];
  for (let link = leaf; link; link = link.above) stack.push(link.frame);
  return stack.reverse();
}

export const heapProfileFormat: ProfileFormat = {
  name: 'heapprofile',
  title: '.heapprofile',
  kind: 'whole',
  detect: (start) => start.kind === 'json' && hasKey(start.text, 'selfSize', '\\d'),
  fileName: /\.heapprofile$/,
  parse: (bytes, title) => single(parseHeapProfile(textOf(bytes), title)),
};
