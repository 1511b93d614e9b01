import { expect, it } from 'vitest';
import { parseLuaSymbol } from '../../../src/profiles/symbols/lua-symbol.js';

it.each([
  ['lua::exec:/srv/kong/router.lua:120', 'exec', '/srv/kong/router.lua', 120],
  ['lua:::/srv/kong/router.lua:120', 'router.lua:120', '/srv/kong/router.lua', 120],
  [
    'lua:::content_by_lua(nginx.conf:43):0',
    'content_by_lua(nginx.conf:43) (main chunk)',
    'content_by_lua(nginx.conf:43)',
    null,
  ],
  ['TRACE_12::/srv/kong/router.lua:123', 'router.lua:123', '/srv/kong/router.lua', 123],
])('%s names compiled Lua', (symbol, name, file, line) => {
  expect(parseLuaSymbol(symbol)).toEqual({ name, file, line, module: null, kind: 'lua', rawName: symbol });
});

it.each(['lj_BC_ADDVV', 'lua_pcall', 'luaL_checklstring', 'TRACE_12', 'lua::exec'])('%s is none', (symbol) => {
  expect(parseLuaSymbol(symbol)).toBeNull();
});
