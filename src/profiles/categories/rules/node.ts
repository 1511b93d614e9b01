import type { CategoryRule } from '../../../model/category.js';
import { border, inFile, named, weakly } from './rule.js';

const V8 = '^(?:void |bool )?(?:non-virtual thunk to )?v8::(?:internal|base|platform)::';

/** The end of a callback, where Node runs promise jobs and ticks that any code may have deferred. */
const TURN_TAKING =
  '^(node::InternalCallbackScope::Close|node::task_queue::\\w+|Builtins_RunMicrotasks|v8::internal::MicrotaskQueue::\\w+|processTicksAndRejections|processTimers|listOnTimeout|runNextTicks|runMicrotasks|node::Environment::(RunTimers|CheckImmediate)|uv__run_timers)$';

/** Node: V8's C++ and builtins, Node's C++, and the JavaScript that comes with Node. */
export const NODE_RULES: readonly CategoryRule[] = [
  named(
    'gc',
    `${V8}(?:\\(anonymous namespace\\)::)?\\w*(Scaveng|MarkCompact|MarkSweep|Marking|Sweeper|Sweeping|Evacuat|GarbageCollect|GlobalHandles|PrecisePagePinning|YoungGeneration|RememberedSet|ConcurrentMark|MemoryReducer|WeakObject|EphemeronHash|ExternalStringTable|ArrayBufferSweeper|UpdateReferences|PointersUpdating|BodyDescriptorBase::Iterate|CppHeap|LocalHeap::Safepoint)`,
  ),
  named(
    'gc',
    `${V8}Heap::(CollectGarbage|PerformGarbage|Scavenge|MarkCompact|ProcessWeak|CollectAll|IterateRoots|StartIncremental|UpdateSurvival|Safepoint)|^\\(garbage collector\\)$|^GC\\b|Iterate\\w*<v8::internal::\\w*(Scaveng|Mark)\\w*>`,
  ),
  named('gc', '^Builtins_RecordWrite|^cppgc::|^heap::base::'),
  named(
    'allocation',
    `${V8}(Factory(Base<[^>]*>)?::(New|Allocate|Copy)|Heap::Allocate|HeapAllocator|Runtime_AllocateIn|Allocat\\w+|MainAllocator|NewSpace|PagedSpace|FreeList|LargeObjectSpace|BackingStore|SemiSpace|PagedNewSpace|MemoryAllocator|MemoryChunk|LocalAllocationBuffer)`,
  ),
  named('json', `${V8}(Json|Builtin_Json|\\(anonymous namespace\\)::Json)|^Builtins_Json|^JSON\\.(parse|stringify)\\b`),
  // V8's sampler shows builtins without a file.
  { category: 'json', name: '^(parse|stringify)$', file: '^(native .*)?$', weak: false },
  // Compilers and parser: their time depends on how warm the code is, not on what it does. `(program)` is V8's name for
  // everything that isn't JavaScript: Node's C++ and its system calls.
  named(
    'runtime',
    `${V8}(compiler|maglev|baseline|interpreter|wasm|parsing|Compiler|TurbofanCompilation|OptimizingCompile|OptimizedCompilation|Parser|PreParser|Scanner|ParserBase|Deoptimizer|TieringManager|Runtime_(Compile|BytecodeBudget|NotifyDeoptimized)|RegExpCompiler|Isolate::(Init|Throw))|^Builtins_(CompileLazy|InterpreterOnStackReplacement)|^\\(program\\)$`,
  ),
  named(
    'http',
    '^llhttp_|^(-?virtual thunk to |non-virtual thunk to )?-?(node::)?\\(anonymous namespace\\)::Parser::|^(-?virtual thunk to )?node::\\(anonymous namespace\\)::(Parser|ConnectionsList)|^(-?virtual thunk to )?node::http2',
  ),
  named(
    'tls',
    '^(SSL_|ssl_|tls_|tls1|EVP_|evp_|AES_|aes_|aesni_|gcm_|CRYPTO_|crypto_|BIO_|RSA_|rsa_|EC_|ecp_|ec_|BN_|bn_|SHA\\d|sha\\d+_|HMAC_|X509_|x509_|OPENSSL_|ossl_|ERR_)|^node::crypto',
  ),
  named(
    'compression',
    '^(deflate|inflate|crc32|adler32|longest_match|fill_window|compress_block|Brotli|ZSTD_|zlib_|slide_hash|Chromium)|^node::\\(anonymous namespace\\)::(Zlib|Brotli|Compression)',
  ),
  inFile(
    'http',
    '^node:(_http_|http2?$|https$|internal/(http|http2|deps/undici|url|querystring|webidl|fetch|webstreams|streams|blob|encoding|abort_controller)|url$|querystring$|_stream|stream)',
  ),
  // undici parses responses in WebAssembly; nothing else here uses it.
  named('http', '^wasm-(function|to-js)|^wasm_on_'),
  inFile('tls', '^node:(_tls_|tls|internal/(tls|crypto/(?!random|hash|util)))'),
  inFile('compression', '^node:(zlib|internal/zlib)'),
  inFile('logging', '^node:(console|internal/(console|util/inspect|util/debuglog))'),
  inFile('logging', 'node_modules/(pino|winston|bunyan|sonic-boom|loglevel|morgan|debug)/'),
  inFile('network', '^node:(net|dgram|dns|internal/(net|dgram|dns|stream_base_commons|js_stream_socket|tty))'),
  border(named('scheduling', TURN_TAKING)),
  weakly(named('scheduling', TURN_TAKING)),
  inFile('scheduling', '^node:(internal/(timers|process/task_queues|process/promises)|timers)'),
  inFile(
    'http',
    'node_modules/(undici|node-fetch|axios|got|follow-redirects|form-data|@hono/node-server|express|fastify|koa|body-parser|send|cors)/',
  ),
  inFile('routing', 'node_modules/(hono|find-my-way|path-to-regexp|router|koa-router)/'),
  inFile('json', 'node_modules/(fast-json-stringify|secure-json-parse|ajv|zod)/'),
  // A program's own files. Libraries without a rule count for their callers.
  { category: 'own', file: '^(file://)?(/|[A-Za-z]:[\\\\/])(?!.*node_modules/).*\\.[cm]?[jt]sx?$', weak: false },
  weakly(
    named(
      'network',
      '^uv__?(io_poll|stream_io|read|write|try_write|server_io|epoll|udp|tcp|stream)|^uv_(try_write|write)|^node::(Libuv|Stream|EmitToJSStream|TCP|Connection|WriteWrap|ShutdownWrap|LibuvStreamWrap)',
    ),
  ),
  weakly(
    named(
      'scheduling',
      '^uv_(run|async|timer)|^uv__(run|work|update_time|async)|^node::(InternalMakeCallback|AsyncWrap|SpinEventLoop|InternalCallbackScope|Worker(Threads)?|PlatformWorker|PerIsolatePlatform)|^Builtins_(Async|Promise|PerformPromise|FulfillPromise|ResolvePromise|EnqueueMicrotask|Await)',
    ),
  ),
  weakly(named('runtime', '^(v8::|Builtins_|node::|icu_|unibrow::|simdutf|simdjson|uv_|uv__|ada::)')),
  // The interpreter, and stubs compiled at run time.
  weakly(named('runtime', '^(Interpreter|BytecodeHandler|Stub|Builtin|RegExp|Handler):')),
  weakly(inFile('runtime', '^(node:|native )')),
  weakly({
    category: 'runtime',
    module: '/(node|nodejs|libnode\\.so[.\\d]*)$',
    name: '^(?!\\[unknown\\])',
    weak: true,
  }),
];
