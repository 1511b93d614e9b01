import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a shell shows of a definition. */
export interface Outline {
  name: string;
  title: string;
  version: string | null;
  /** Besides the default one. */
  variants: string[];
}

/**
 * The outlines of all gateways, by line: the YAML parser and the schemas would take longer than all else of a completion.
 * A manifest that is written in another style than one key a line is outlined in part, and one that is wrong all the same.
 * @param roots of two gateways with one name, the one in the earlier folder counts
 */
export function gatewayOutlines(roots: readonly string[]): Outline[] {
  const found = new Map<string, Outline>();
  for (const root of [...roots].reverse()) {
    for (const name of readdirSync(root)) {
      const path = join(root, name, 'gateway.yaml');
      if (!name.startsWith('_') && existsSync(path)) found.set(name, outlineOf(name, path));
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The sets of gateways that folders define, in the same way. @returns names without the mark, with titles */
export function setOutlines(roots: readonly string[]): { name: string; title: string }[] {
  const found = new Map<string, string>([['all', 'Every gateway']]);
  for (const root of [...roots].reverse()) {
    const path = join(root, 'sets.yaml');
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    for (const name of keysBelow(text, 'sets')) {
      const [, title = ''] = new RegExp(`^ +${name}:\\s*\\n +title: *(.*?) *$`, 'm').exec(text) ?? [];
      found.set(name, title);
    }
  }
  return [...found].map(([name, title]) => ({ name, title })).sort((a, b) => a.name.localeCompare(b.name));
}

/** The outlines of scenarios or tools, which are a file each. */
export function fileOutlines(root: string): Outline[] {
  const files = readdirSync(root).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((file) => outlineOf(file.slice(0, -'.yaml'.length), join(root, file)));
}

function outlineOf(name: string, path: string): Outline {
  const text = readFileSync(path, 'utf8');
  return {
    name,
    title: textOf(text, 'title') ?? '',
    version: textOf(text, 'version'),
    variants: keysBelow(text, 'variants').filter((variant) => variant !== 'default'),
  };
}

/** The text after a top-level key. */
function textOf(text: string, key: string): string | null {
  const value = new RegExp(`^${key}:[ \\t]+(.+?)[ \\t]*$`, 'm').exec(text)?.[1];
  if (value === undefined) return null;
  const quoted = /^(["'])(.*?)\1/.exec(value);
  return quoted?.[2] ?? value.replace(/\s+#.*$/, '');
}

/** The keys of a top-level mapping, one a line, or on the line of its own key. */
function keysBelow(text: string, key: string): string[] {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start < 0) return [];
  const oneLine = /^\w+:\s*\{\s*([\w.-]+):/.exec(lines[start] ?? '')?.[1];
  if (oneLine !== undefined) return [oneLine];
  const keys: { indent: number; name: string }[] = [];
  for (const line of lines.slice(start + 1)) {
    if (/^[^\s#]/.test(line)) break;
    const [, indent = '', name = ''] = /^(\s+)["']?([a-z0-9][\w.-]*)["']?:/.exec(line) ?? [];
    if (name !== '') keys.push({ indent: indent.length, name });
  }
  return keys.filter(({ indent }) => indent === keys[0]?.indent).map(({ name }) => name);
}
