import type { CategoryRule } from '../../../model/category.js';
import { border, inFile, inModule, named, weakly } from './rule.js';

/** Files of packages, with full paths or shortened by a profiler: `starlette/routing.py`. */
const packages = (...names: string[]): string =>
  `(^|/(?:site-packages|dist-packages|python\\d[\\d.]*)/)(?:${names.join('|')})(/|\\.py$)`;

const LOOPS = [
  'asyncio/runners',
  'asyncio/base_events',
  'asyncio/events',
  'uvloop',
  'threading',
  'concurrent/futures/thread',
  'anyio/_backends/_asyncio',
];

/** CPython: its C functions, its extension modules, and the files of well-known packages. */
export const PYTHON_RULES: readonly CategoryRule[] = [
  named(
    'gc',
    '^(gc_collect\\w*|_PyGC_\\w+|PyGC_\\w+|deduce_unreachable|(update|subtract)_refs|move_(unreachable|legacy_finalizer\\w*)|untrack_(tuples|dicts)|gc_list_\\w+|gc_reset_refs|visit_(decref|reachable|add_to_container)|delete_garbage|handle_(weakrefs|resurrected_objects)|finalize_garbage|clear_unreachable_mask|collect|collect_with_callback)$',
  ),
  // Freeing counts as allocation: with reference counting it happens wherever the last reference goes away.
  named(
    'allocation',
    '^(pymalloc_\\w+|_?PyObject_(Malloc|Free|Realloc|Calloc)|_?PyMem_\\w+|_PyObject_GC_(New\\w*|Alloc|Link|Malloc)|PyObject_GC_Del|gc_alloc|arena_map\\w*|new_arena|allocate_from_new_pool|insert_to_\\w+pool|address_in_range|PyType_GenericAlloc|_PyType_AllocNoTrack|_Py_Dealloc|\\w*_dealloc|tupledealloc|subtype_dealloc)$',
  ),
  named(
    'locks',
    '^(take_gil|drop_gil|PyEval_(Acquire|Release|Restore|Save)\\w*|PyThread_(acquire|release)_lock\\w*|lock_PyThread_\\w+|rlock_\\w+|_PyMutex_\\w+|_?PySemaphore_\\w+)$',
  ),
  inModule(
    'json',
    '/(orjson|ujson|rapidjson|_json|jiter|msgspec|_pydantic_core)[^/]*\\.so$|/(orjson|pydantic_core|jiter|msgspec)/[^/]*\\.so$',
  ),
  inModule(
    'http',
    '/(httptools|h11|multidict|yarl|frozenlist|propcache)/.*\\.so$|/_(http_parser|http_writer|websocket)[^/]*\\.so$',
  ),
  inModule('tls', '/(_ssl|_hashlib|_sha\\d*|_md5|_bcrypt|_rust)[^/]*\\.so$|/lib(ssl|crypto)[-.][^/]*$'),
  inModule('compression', '/(zlib|_brotli|_zstd|_bz2|_lzma)[^/]*\\.so$|/lib(z|brotli\\w*|zstd)[-.][^/]*$'),
  // Event loops and threads run deferred work of others.
  border(inFile('scheduling', packages(...LOOPS))),
  weakly(inFile('scheduling', packages(...LOOPS))),
  // asyncio's transports are network; its tasks, callbacks and locks are scheduling.
  inFile(
    'network',
    '(^|/python[\\d.]+/|/site-packages/)(asyncio/(selector_events|streams|transports|sslproto|unix_events|proactor_events)|selectors|socket|anyio/_core/_sockets)\\.py$',
  ),
  inFile(
    'scheduling',
    packages(
      'asyncio',
      'anyio',
      'sniffio',
      'trio',
      'concurrent/futures',
      'queue',
      'sched',
      'apscheduler',
      'starlette/concurrency',
      'asgiref',
    ),
  ),
  inFile(
    'json',
    packages(
      'json',
      'orjson',
      'ujson',
      'simplejson',
      'pydantic',
      'pydantic_core',
      'jiter',
      'jsonschema',
      'msgspec',
      'fastapi/encoders',
    ),
  ),
  inFile('logging', packages('logging', 'loguru', 'structlog', 'pythonjsonlogger', 'rich')),
  inFile('tls', packages('ssl', 'hashlib', 'hmac', 'secrets', 'cryptography', 'jwt', 'nacl')),
  inFile('compression', packages('gzip', 'zlib', 'brotli', 'zstandard', 'bz2', 'lzma')),
  inFile('auth', packages('fastapi/security', 'starlette/authentication', 'authlib')),
  inFile('routing', packages('starlette/routing', 'fastapi/routing', 'fastapi/dependencies', 'starlette/convertors')),
  inFile(
    'http',
    packages(
      'httptools',
      'h11',
      'h2',
      'hpack',
      'uvicorn',
      'gunicorn',
      'hypercorn',
      'starlette',
      'fastapi',
      'httpx',
      'httpcore',
      'aiohttp',
      'aiosignal',
      'yarl',
      'multidict',
      'requests',
      'urllib3',
      'openai',
      'http',
      'urllib',
      'email',
      'websockets',
      'httpx_aiohttp',
      'idna',
      'certifi',
    ),
  ),
  weakly(inModule('scheduling', '/(uvloop/loop|_asyncio|_contextvars|_queue)[^/]*\\.so$')),
  // The interpreter, if Python functions have no names: perf needs Python 3.12 for those.
  weakly(inModule('runtime', '/(libpython[\\d.]+[^/]*\\.so[.\\d]*|python[\\d.]*|[^/]*\\.cpython-[^/]*\\.so)$')),
  weakly(named('runtime', '^_?Py[A-Z_]\\w*$|^_PyEval_\\w+$|^pymain_|^<(frozen|built-in)')),
  // CPython's static functions, for tools that don't know the binary.
  weakly(
    named(
      'runtime',
      '^(slot_(mp|nb|sq|tp|am|bf)_\\w+|vectorcall_(method|unbound)|lookup_(maybe_)?method|do_call_core|gen_send_ex2?|builtin_\\w+_impl|unicodekeys_lookup_\\w+|(dict|list|tuple|set|unicode|long|bytes|type|method|cfunction|object)_(\\w+_)?(vectorcall\\w*|lookup|richcompare|hash|getattro|setattro|subscript|traverse|iternext))$',
    ),
  ),
  weakly(inFile('runtime', '(^|/)lib/python[\\d.]+/(?!site-packages|dist-packages)|^<frozen')),
  // py-spy shortens paths in the standard library.
  weakly(
    inFile(
      'runtime',
      '^(abc|ast|base64|bisect|calendar|codecs|collections|contextlib|contextvars|copy|dataclasses|datetime|decimal|enum|functools|heapq|importlib|inspect|io|ipaddress|itertools|keyword|linecache|locale|numbers|operator|os|posixpath|pathlib|pprint|random|re|reprlib|runpy|shutil|signal|stat|string|tempfile|textwrap|time|tokenize|traceback|types|typing|typing_extensions|uuid|warnings|weakref)(/.*|)\\.py$',
    ),
  ),
];
