import type { Frame } from '../../../model/profile.js';
import { type JavaScriptTier, parseV8Symbol } from '../../symbols/v8-symbol.js';

export interface OxFrame {
  frame: Frame;
  tier: JavaScriptTier | null;
  /** V8 inlines this function into its optimised callers; here it was seen on its own. */
  inlinable: boolean;
}

/** `[CPP]`, `[SHARED_LIB]`, `[CODE:RegExp]`: what 0x writes after the names of all that isn't JavaScript. */
const TYPE = / \[(CPP|SHARED_LIB|CODE|WASM)(?::(\w+))?\]$/;
/** 0x marks as V8 does, but by `~` means baseline code as well. */
const MARKED = /^([*~])(.*)$/s;

/**
 * A name in 0x's trees: `*addUp file:///srv/burn.mjs:18:15`, `epoll_pwait@@GLIBC_2.6 [CPP]`,
 * `/usr/lib/libc.so.6 [SHARED_LIB]`, `/\d+/ [CODE:RegExp]`. Marks leave the name: one function is one frame.
 */
export function parseOxName(text: string): OxFrame {
  const inlinable = text.includes(' [INLINABLE]');
  const plain = text.replace(' [INLINABLE]', '').replace(' [INIT]', '');
  const [marker, type, detail] = TYPE.exec(plain) ?? [];
  if (marker !== undefined && type !== undefined) {
    return { frame: nativeFrame(plain.slice(0, -marker.length), type, detail), tier: null, inlinable };
  }
  const [, mark = '', name = plain] = MARKED.exec(plain) ?? [];
  // 0x has named functions without a name already; V8's reader knows their place to be better.
  const symbol = parseV8Symbol(`JS:${mark}${name.replace(/^\(anonymous\) /, '')}`);
  const unread: Frame = { name, file: null, line: null, module: null, kind: 'javascript' };
  return { frame: symbol?.frame ?? unread, tier: symbol?.tier ?? null, inlinable };
}

function nativeFrame(name: string, type: string, detail: string | undefined): Frame {
  const place = { file: null, line: null };
  switch (type) {
    case 'SHARED_LIB':
      // A tick in a library, of which 0x knows no more than its path: the path isn't a function.
      return { name: '[unknown]', ...place, module: name, kind: 'unknown' };
    case 'WASM':
      return { name, ...place, module: 'wasm', kind: 'javascript' };
    case 'CODE':
      return { name: detail ? `${detail}: ${name}` : name, ...place, module: 'node', kind: 'javascript' };
    default:
      // The symbol's version is the linker's: `epoll_pwait@@GLIBC_2.6`.
      return { name: name.replace(/@@?[A-Z]\w*_[\w.]+$/, ''), ...place, module: null, kind: 'native' };
  }
}
