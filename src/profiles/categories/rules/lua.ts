import type { CategoryRule } from '../../../model/category.js';
import { inFile, inModule, named, weakly } from './rule.js';

/** LuaJIT, as in OpenResty: its C side, and Lua files if the profiler knows them. */
export const LUA_RULES: readonly CategoryRule[] = [
  named('gc', '^(lj_gc_\\w+|gc_(onestep|sweep|mark|propagate\\w*|traverse\\w*|clearweak)|propagatemark|luaC_\\w+)$'),
  named(
    'allocation',
    '^(lj_(alloc|mem|state_growstack|tab_(new|resize|rehash)|str_new|udata_new|cdata_new|func_new)\\w*|release_unused_segments)$',
  ),
  named('json', '^(json_(decode|encode|parse|append|next|process|create|set)\\w*|strbuf_\\w+)$|^fpconv_'),
  inModule('json', '/cjson\\.so$'),
  // The interpreter, one function for each byte code and built-in function: nearer than `ngx_http_lua_*`, which called it.
  named('runtime', '^lj_(BC|vm|ff|cont)_\\w+$'),
  // The trace compiler, which runs mostly during warm-up.
  named(
    'runtime',
    '^lj_(trace|asm|opt|record|ir|snap|mcode|ffrecord|crecord|dispatch|parse|lex|bcread|ccall|cconv|cparse)_\\w+$',
  ),
  inFile('json', '(^|/)(cjson|dkjson|json)(/[^/]+)?\\.lua$'),
  inFile('http', '(^|/)resty/(http|openssl/auxiliary|core/(request|response|uri))(/|[^/]*\\.lua$)'),
  inFile('routing', '(^|/)(kong/router|resty/(router|radixtree))(/|\\.lua$)'),
  inFile('logging', '(^|/)resty/(logger|core/errlog)'),
  weakly(named('runtime', '^(lj_\\w+|lua_\\w+|luaL_\\w+|luaV_\\w+|BC_\\w+)$')),
  weakly(inModule('runtime', '/(libluajit[^/]*|liblua[^/]*)$')),
];
