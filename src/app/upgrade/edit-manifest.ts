import { type Document, isMap, isNode, isScalar, parseDocument, stringify } from 'yaml';
import type { InstallMethod } from '../../model/install-method.js';

type Path = readonly (string | number)[];
interface Edit {
  from: number;
  to: number;
  text: string;
}

/** An install method as it is and as it is to be. */
export interface MethodChange {
  /** Its place in `install`. */
  index: number;
  before: InstallMethod;
  after: InstallMethod;
}

/**
 * Change the version of a manifest and what pins it, and nothing else: comments, order and spaces stay.
 * @param text of gateway.yaml
 */
export function withNewPin(text: string, version: string, changes: readonly MethodChange[]): string {
  const document = parseDocument(text);
  const edits = [
    ...editsTo(document, text, ['version'], null, version),
    ...changes.flatMap(({ index, before, after }) => editsTo(document, text, ['install', index], before, after)),
  ];
  return applied(text, edits);
}

/**
 * Add a variant that is another version of the gateway, named after it, to a manifest.
 * @param text of gateway.yaml
 */
export function withVersionBeside(
  text: string,
  { version, title, install }: { version: string; title: string; install: readonly InstallMethod[] },
): string {
  const block = stringify({ [version]: { title, version, install } }, { lineWidth: 0 });
  const indented = block.replaceAll(/^(?=.)/gm, '  ');
  const document = parseDocument(text);
  const variants = document.get('variants', true);
  const base = text.endsWith('\n') ? text : `${text}\n`;
  if (!isMap(variants) || variants.items.length === 0 || !variants.range) {
    const without = variants === undefined ? base : applied(base, [removal(document, base)]);
    return `${without}variants:\n${indented}`;
  }
  // Behind the last variant, wherever the map ends in the file.
  const end = base.slice(0, variants.range[1]).trimEnd().length;
  return `${base.slice(0, end)}\n${indented.trimEnd()}${base.slice(end)}`;
}

/** Of an empty `variants: {}`. */
function removal(document: Document, text: string): Edit {
  const pair = isMap(document.contents)
    ? document.contents.items.find((item) => isScalar(item.key) && item.key.value === 'variants')
    : undefined;
  const from = isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : text.length;
  const newline = text.indexOf('\n', from);
  return { from, to: newline < 0 ? text.length : newline + 1, text: '' };
}

/** What makes the value at a path another, part by part. */
function editsTo(document: Document, text: string, at: Path, before: unknown, after: unknown): Edit[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const node = document.getIn(at, true);
  if (!isNode(node) || !node.range) return insertion(document, text, at, after);
  const [from, to] = node.range;
  if (typeof after !== 'object' || after === null || Object.keys(after).length === 0) {
    const value = typeof after === 'object' ? '{}' : stringify(after, { lineWidth: 0 }).trimEnd();
    return [{ from, to, text: value }];
  }
  const earlier: Record<string, unknown> = typeof before === 'object' && before !== null ? { ...before } : {};
  return Object.entries(after).flatMap(([key, value]) => {
    const step = Array.isArray(after) ? Number(key) : key;
    return editsTo(document, text, [...at, step], earlier[key], value);
  });
}

/** A key that wasn't there goes on a line of its own, behind the first key of its map. */
function insertion(document: Document, text: string, at: Path, value: unknown): Edit[] {
  const map = document.getIn(at.slice(0, -1), true);
  const first = isMap(map) ? map.items[0] : undefined;
  if (!isScalar(first?.key) || !isNode(first.value) || !first.key.range || !first.value.range) return [];
  const line = `${String(at.at(-1))}: ${stringify(value, { lineWidth: 0 }).trimEnd()}`;
  const [behind] = [first.value.range[1]];
  if (isMap(map) && map.flow) return [{ from: behind, to: behind, text: `, ${line}` }];
  const start = first.key.range[0];
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  return [{ from: behind, to: behind, text: `\n${indent}${line}` }];
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((result, edit) => result.slice(0, edit.from) + edit.text + result.slice(edit.to), text);
}
