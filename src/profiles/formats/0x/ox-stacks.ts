import type { Profile } from '../../../model/profile.js';
import { blankMeta } from '../../blank-meta.js';
import { ProfileBuilder } from '../../profile-builder.js';
import type { JavaScriptTier } from '../../symbols/v8-symbol.js';
import { FormatError } from '../format-error.js';
import { parseJson } from '../json-document.js';
import { type OxFrame, parseOxName } from './ox-name.js';

const EXPECTED = "0x's stacks.<pid>.json (written with --tree-debug), with a tree named unmerged or merged";

/** What is read of a tree's node; `top` counts the ticks that ended in it, `value` those below too. */
interface OxNode {
  name: string;
  top: number;
  children: readonly unknown[];
}

/**
 * The tree of ticks that 0x 6 writes with `treeDebug`. Weights are ticks of V8's own sampler. Of the two trees the unmerged one is read: it knows tiers, and what V8 inlines.
 * @throws FormatError
 */
export function parseOxStacks(text: string, title: string): Profile {
  const document = parseJson(text, EXPECTED);
  const { unmerged, merged } = isObject(document) ? document : {};
  const tree = unmerged ?? merged;
  const treeName = unmerged !== undefined ? 'unmerged' : 'merged';
  if (!isObject(tree)) throw new FormatError('no tree of ticks', { field: treeName, expected: EXPECTED });

  const builder = new ProfileBuilder();
  const ticksByTier = new Map<JavaScriptTier | 'inlinable', number>();
  let ticks = 0;
  for (const { stack, node, leaf } of walk(tree, treeName, builder)) {
    builder.add(stack, node.top, node.top);
    ticks += node.top;
    if (leaf.tier) ticksByTier.set(leaf.tier, (ticksByTier.get(leaf.tier) ?? 0) + node.top);
    if (leaf.inlinable) ticksByTier.set('inlinable', (ticksByTier.get('inlinable') ?? 0) + node.top);
  }
  const profile = builder.build(blankMeta({ title, unit: 'samples', tool: '0x', event: 'V8 ticks' }));
  return { ...profile, meta: { ...profile.meta, caveats: caveats(ticks, ticksByTier) } };
}

interface Visit {
  /** Root first. */
  stack: readonly number[];
  node: OxNode;
  leaf: OxFrame;
}

/** A frame and those above it: stacks are written out only where ticks ended, whatever the depth of the tree. */
interface Link {
  frame: number;
  above: Link | null;
}

/** Nodes in which ticks ended, depth first. Without recursion: how deep a file's tree goes isn't ours to say. */
function* walk(root: Record<string, unknown>, field: string, builder: ProfileBuilder): Generator<Visit> {
  const pending: { value: unknown; field: string; above: Link | null }[] = [];
  const descend = (node: { children?: unknown }, at: string, above: Link | null) => {
    for (const child of below(node, at).reverse()) pending.push({ ...child, above });
  };
  descend(root, field, null);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const node = nodeOf(next.value, next.field);
    const leaf = parseOxName(node.name);
    const link: Link = { frame: builder.frame(leaf.frame), above: next.above };
    if (node.top > 0) yield { stack: rootFirst(link), node, leaf };
    descend(node, next.field, link);
  }
}

function rootFirst(leaf: Link): number[] {
  const stack: number[] = [];
  for (let link: Link | null = leaf; link; link = link.above) stack.push(link.frame);
  return stack.reverse();
}

function below({ children }: { children?: unknown }, field: string): { value: unknown; field: string }[] {
  if (children === undefined) return [];
  if (!Array.isArray(children)) throw new FormatError('not a list', { field: `${field}.children`, expected: EXPECTED });
  return children.map((value: unknown, index) => ({ value, field: `${field}.children[${index}]` }));
}

function nodeOf(value: unknown, field: string): OxNode {
  if (!isObject(value)) throw new FormatError('not a node', { field, expected: 'name, value, top and children' });
  const { name, top, children = [] } = value;
  if (typeof name !== 'string') throw new FormatError('no name', { field: `${field}.name`, expected: 'a string' });
  if (typeof top !== 'number' || !Number.isSafeInteger(top) || top < 0) {
    throw new FormatError('no number of ticks', { field: `${field}.top`, expected: '0 or more' });
  }
  if (!Array.isArray(children)) throw new FormatError('not a list', { field: `${field}.children`, expected: 'nodes' });
  return { name, top, children };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function caveats(ticks: number, byTier: ReadonlyMap<string, number>): string[] {
  const share = (name: string) => `${((100 * (byTier.get(name) ?? 0)) / ticks).toFixed(1)} %`;
  const tiers =
    `${share('optimised')} of the ticks ended in optimised JavaScript, ${share('interpreted')} in interpreted or ` +
    `baseline code, ${share('inlinable')} in functions that V8 inlines elsewhere.`;
  return [
    'Weights are ticks of V8’s sampler, about a millisecond apart while the main thread isn’t idle; each time that it ' +
      'waits leaves one tick in epoll_wait.',
    '0x drops frames that it has no name for. Native code such as JSON.parse, and the kernel’s, is billed to the ' +
      'JavaScript that called it.',
    ...(ticks > 0 ? [tiers] : []),
  ];
}
