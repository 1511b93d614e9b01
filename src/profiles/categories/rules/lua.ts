import type { CategoryRule } from '../../../model/category.js';
import { inFile, inModule, named, weakly } from './rule.js';

/** Files of OpenResty's libraries, wherever they are installed: `resty/http.lua`, `resty/dns/resolver.lua`. */
function inResty(libraries: string): string {
  return `(^|/)resty/(${libraries})(/|\\.lua$)`;
}

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
  inFile('json', '(^|/)(cjson|dkjson|rapidjson|json)(/[^/]+)?\\.lua$'),
  inFile('tls', inResty('openssl|ssl|acme|core/(ssl|ocsp)|tls')),
  inFile('http', inResty('http\\w*|websocket|upload|cookie|core/(request|response|uri|base64)')),
  inFile(
    'network',
    `${inResty('dns|redis|memcached|mysql|postgres|kafka|socket|healthcheck|balancer')}|(^|/)socket(/|\\.lua$)`,
  ),
  inFile('routing', `(^|/)kong/router(/|\\.lua$)|${inResty('router|radixtree|expr|ipmatcher')}`),
  inFile('auth', inResty('jwt|openidc|hmac|session|oauth')),
  inFile('logging', `${inResty('logger|core/errlog')}|(^|/)(prometheus|opentelemetry|statsd|syslog)(/|[^/]*\\.lua$)`),
  inFile('compression', inResty('gzip|zlib|brotli|zstd|inflate')),
  inFile('locks', inResty('lock|semaphore|core/(shdict_)?lock')),
  inFile('scheduling', inResty('timer\\w*|core/(timer|worker)|events')),
  // What is in no library is the program's own: files, and blocks in nginx's configuration.
  inFile(
    'own',
    '^(?!(.*/)?(resty|ngx|jit|ffi|pl|socket|mime|ltn12|luarocks|tablepool|lrucache|lpeg|re|inspect|middleclass)(/|\\.lua$)).*(\\.lua$|_by_lua)',
  ),
  weakly(named('runtime', '^(lj_\\w+|lua_\\w+|luaL_\\w+|luaV_\\w+|BC_\\w+)$')),
  weakly(inModule('runtime', '/(libluajit[^/]*|liblua[^/]*)$')),
  // Other libraries: for themselves, since compiled code has no callers.
  weakly(inFile('runtime', '\\.lua$')),
];
