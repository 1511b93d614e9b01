import type { Frame } from '../../model/profile.js';
import { packageOfFile } from '../categories/source-package.js';

/** How far V8 had compiled a function when it was seen. */
export type JavaScriptTier = 'optimised' | 'baseline' | 'interpreted';

const TIERS: Readonly<Record<string, JavaScriptTier>> = {
  '*': 'optimised', // TurboFan
  '+': 'optimised', // Maglev
  '^': 'baseline', // Sparkplug
  '~': 'interpreted', // Ignition
};

/** Code kinds that V8 (12 to 24) writes before a function's name in `perf-PID.map`. */
const FUNCTION = /^(?:JS|LazyCompile|Function|Eval|Script|Callback):([*+^~]?)(.*)$/s;
const LOCATION = /^(.*?):(\d+)(?::(\d+))?$/s;
const OTHER = /^(?:RegExp|Builtin|BytecodeHandler|Handler|Stub|LoadIC|StoreIC|KeyedLoadIC|KeyedStoreIC):/;
const WASM = /^(wasm-.*?)-\d+-(turbofan|liftoff)$/;

/**
 * A symbol that V8 has written: `JS:*lu file:///srv/app/server.js:2:449824`. Null where it isn't one.
 *
 * The tier's mark leaves the name, so that one function is one frame; the tier stands beside it. Functions without a
 * name get their place as name, as `(anonymous 2:449824)`: bundled files have thousands of them on one line.
 */
export function parseV8Symbol(symbol: string): { frame: Frame; tier: JavaScriptTier | null } | null {
  // Builtins that are embedded in the node binary. Module and file are the caller's to fill.
  if (symbol.startsWith('Builtins_') || OTHER.test(symbol)) {
    return { frame: { name: symbol, file: null, line: null, module: null, kind: 'javascript' }, tier: null };
  }
  const [, mark = '', text] = FUNCTION.exec(symbol) ?? [];
  if (text === undefined) return null;
  const [, wasm, compiler] = WASM.exec(text) ?? [];
  if (wasm !== undefined) {
    const tier = compiler === 'turbofan' ? 'optimised' : 'baseline';
    return { frame: { name: wasm, file: null, line: null, module: 'wasm', kind: 'javascript' }, tier };
  }
  const place = placeStart(text);
  const [, path, line, column] = LOCATION.exec(text.slice(place)) ?? [];
  const named = text.slice(0, place).trim();
  const file = path === undefined ? null : plainPath(path);
  const name = named || (line === undefined ? text.trim() || '(anonymous)' : `(anonymous ${line}:${column ?? 0})`);
  return {
    frame: {
      name,
      file: path === undefined ? null : file,
      line: line === undefined ? null : Number(line),
      module: file === null ? null : packageOfFile(file),
      kind: 'javascript',
    },
    tier: TIERS[mark] ?? null,
  };
}

/** Where the file begins. Names hold spaces (`get url`), and so do paths: a path is known by how it starts. */
function placeStart(text: string): number {
  const known = text.search(/(?:^| )(?:file:\/\/|node:|\/|wasm:\/\/|https?:\/\/|evalmachine\.)/);
  return known >= 0 ? (text[known] === ' ' ? known + 1 : known) : text.lastIndexOf(' ') + 1;
}

/** Of a script's URL, which for ES modules begins with `file://`. */
export function plainPath(path: string): string {
  if (!path.startsWith('file://')) return path;
  try {
    return decodeURIComponent(path.slice('file://'.length));
  } catch {
    return path.slice('file://'.length);
  }
}
