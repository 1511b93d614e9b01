import { formatShare } from '../../lib/format.js';
import { isObject } from '../../lib/json-value.js';
import type { Frame, Profile } from '../../model/profile.js';
import { FormatError } from '../format-error.js';
import { blankMeta, ProfileBuilder } from '../profile-builder.js';
import { type JavaScriptTier, parseV8Symbol } from '../symbols/v8-symbol.js';
import { hasKey, type ProfileFormat, single, textOf } from './format.js';
import { parseJson } from './json-document.js';

const EXPECTED = "0x's stacks.<pid>.json (written with --tree-debug), with a tree named unmerged or merged";

/** A node of a tree. `top` counts the ticks that ended in it. */
interface OxNode {
  name: string;
  top: number;
  children: readonly unknown[];
}

/**
 * Parses the tree of ticks that 0x 6 writes with `treeDebug`. Weights are ticks of V8's own sampler. Of the two trees
 * the unmerged one is read: it has V8's tiers and says what V8 inlines.
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

/** A frame and its callers. Whole stacks are made only for nodes with ticks, however deep the tree is. */
interface Link {
  frame: number;
  above: Link | null;
}

/** Nodes with ticks, depth first. No recursion: a tree may be of any depth. */
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

function caveats(ticks: number, byTier: ReadonlyMap<string, number>): string[] {
  const share = (name: string) => formatShare((byTier.get(name) ?? 0) / ticks);
  const tiers =
    `${share('optimised')} of the ticks ended in optimised JavaScript, ${share('interpreted')} in interpreted or ` +
    `baseline code, ${share('inlinable')} in functions that V8 inlines elsewhere.`;
  return [
    'Weights are ticks of V8’s sampler, about a millisecond apart while the main thread is busy; each wait leaves one ' +
      'tick in epoll_wait.',
    '0x drops frames without a name. Native code such as JSON.parse, and kernel code, is billed to the JavaScript ' +
      'that called it.',
    ...(ticks > 0 ? [tiers] : []),
  ];
}

interface OxFrame {
  frame: Frame;
  tier: JavaScriptTier | null;
  /** V8 inlines this function into optimised callers; here it ran on its own. */
  inlinable: boolean;
}

/** `[CPP]`, `[SHARED_LIB]`, `[CODE:RegExp]`, after every name that isn't JavaScript. */
const TYPE = / \[(CPP|SHARED_LIB|CODE|WASM)(?::(\w+))?\]$/;
/** V8's marks, except that `~` also means baseline code. */
const MARKED = /^([*~])(.*)$/s;

/**
 * Parses a name of 0x's trees: `*addUp file:///srv/burn.mjs:18:15`, `epoll_pwait@@GLIBC_2.6 [CPP]`,
 * `/usr/lib/libc.so.6 [SHARED_LIB]`, `/\d+/ [CODE:RegExp]`. Marks are removed, so that a function is one frame.
 */
export function parseOxName(text: string): OxFrame {
  const inlinable = text.includes(' [INLINABLE]');
  const plain = text.replace(' [INLINABLE]', '').replace(' [INIT]', '');
  const [marker, type, detail] = TYPE.exec(plain) ?? [];
  if (marker !== undefined && type !== undefined) {
    return { frame: nativeFrame(plain.slice(0, -marker.length), type, detail), tier: null, inlinable };
  }
  const [, mark = '', name = plain] = MARKED.exec(plain) ?? [];
  // 0x calls nameless functions `(anonymous)`; parseV8Symbol names them by their position.
  const symbol = parseV8Symbol(`JS:${mark}${name.replace(/^\(anonymous\) /, '')}`);
  const unread: Frame = { name, file: null, line: null, module: null, kind: 'javascript' };
  return { frame: symbol?.frame ?? unread, tier: symbol?.tier ?? null, inlinable };
}

function nativeFrame(name: string, type: string, detail: string | undefined): Frame {
  const place = { file: null, line: null };
  switch (type) {
    case 'SHARED_LIB':
      // Of a tick in a library 0x knows only the path, which isn't a function.
      return { name: '[unknown]', ...place, module: name, kind: 'unknown' };
    case 'WASM':
      return { name, ...place, module: 'wasm', kind: 'javascript' };
    case 'CODE':
      return { name: detail ? `${detail}: ${name}` : name, ...place, module: 'node', kind: 'javascript' };
    default:
      // Without the symbol version: `epoll_pwait@@GLIBC_2.6`.
      return { name: name.replace(/@@?[A-Z]\w*_[\w.]+$/, ''), ...place, module: null, kind: 'native' };
  }
}

export const oxFormat: ProfileFormat = {
  name: '0x',
  title: '0x stacks.<pid>.json',
  kind: 'whole',
  detect: (start) => start.kind === 'json' && hasKey(start.text, '(?:un)?merged', '\\{\\s*"name"\\s*:\\s*"all stacks"'),
  fileName: /^stacks\.\d+\.json$/,
  parse: (bytes, title) => single(parseOxStacks(textOf(bytes), title)),
};
