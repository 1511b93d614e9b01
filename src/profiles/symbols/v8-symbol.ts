import type { Frame } from '../../model/profile.js';
import { packageOfFile } from './frame-origin.js';

/** How far V8 had compiled a function when it was sampled. */
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
 * Parses a symbol written by V8: `JS:*lu file:///srv/app/server.js:2:449824`. Null if it isn't one.
 *
 * The tier's mark is removed from the name, so that a function is one frame, and returned beside it. Functions without a
 * name are named by position, `(anonymous 2:449824)`: bundled files have thousands of them on one line.
 */
export function parseV8Symbol(symbol: string): { frame: Frame; tier: JavaScriptTier | null } | null {
  // Builtins embedded in the node binary. The caller fills in the module.
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

/** Where the path starts. Names (`get url`) and paths may contain spaces, so a path is recognised by its start. */
function placeStart(text: string): number {
  const known = text.search(/(?:^| )(?:file:\/\/|node:|\/|wasm:\/\/|https?:\/\/|evalmachine\.)/);
  return known >= 0 ? (text[known] === ' ' ? known + 1 : known) : text.lastIndexOf(' ') + 1;
}

/** The path of a script's URL, which for ES modules starts with `file://`. */
export function plainPath(path: string): string {
  if (!path.startsWith('file://')) return path;
  try {
    return decodeURIComponent(path.slice('file://'.length));
  } catch {
    return path.slice('file://'.length);
  }
}
