import type { Frame } from '../../model/profile.js';

/** `lua::exec:/srv/router.lua:120`, by gatebench's perf-map.lua: the function in which a trace begins, and where it is defined. */
const TRACE = /^lua::(\w*):(.+):(\d+)$/s;
/** `TRACE_12::/srv/router.lua:123`, by a LuaJIT that was built with LUAJIT_USE_PERFTOOLS: where a trace begins. */
const NAMELESS_TRACE = /^TRACE_\d+::(.+):(\d+)$/s;

/**
 * Parses a symbol that names a trace, LuaJIT's compiled code. Null if it isn't one. A function without a name is named by its
 * place, as LuaJIT does: `router.lua:120`.
 */
export function parseLuaSymbol(symbol: string): Frame | null {
  const [, name = '', file, line] = TRACE.exec(symbol) ?? ['', '', ...(NAMELESS_TRACE.exec(symbol) ?? []).slice(1)];
  if (file === undefined || line === undefined) return null;
  const base = file.slice(file.lastIndexOf('/') + 1);
  // Line 0: the code of a file or a block itself.
  const place = line === '0' ? `${base} (main chunk)` : `${base}:${line}`;
  return {
    name: name || place,
    file,
    line: line === '0' ? null : Number(line),
    module: null,
    kind: 'lua',
    rawName: symbol,
  };
}
