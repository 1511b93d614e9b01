import type { Category, CategoryRule } from '../../../model/category.js';
import { border, inModule, named, weakly } from './rule.js';

/**
 * A .NET name up to its namespace: `void [System.Net.Http] System.Net.Http.`, as perf's map has it, and `System.Net.Http!System.Net.Http.`, as
 * dotnet-trace has it.
 */
const ASSEMBLY = '^(?:(?:[^[\\]!]+ )?\\[[A-Za-z][\\w.-]*\\] |[A-Za-z][\\w.-]*!)(?:class |valuetype )?';

const types = (...prefixes: string[]): string =>
  `${ASSEMBLY}(?:${prefixes.map((prefix) => prefix.replaceAll('.', '\\.')).join('|')})`;

const inNamespaces = (category: Category, ...namespaces: string[]): CategoryRule =>
  named(category, `${types(...namespaces)}[.+]`);

/** The thread pool runs what others have queued. */
const LOOPS = types(
  'System.Threading.(?:ThreadPool|PortableThreadPool|Thread\\b|ExecutionContext|UnmanagedThreadPool|QueueUserWorkItem)',
  'System.Threading.Tasks',
  'System.Runtime.CompilerServices.(?:AsyncTaskMethodBuilder|AsyncMethodBuilderCore|TaskAwaiter)',
);

/** The runtime's C++, the class library, ASP.NET Core, and well-known packages. */
const RULES: readonly CategoryRule[] = [
  named('gc', '^(?:SVR|WKS)::|^(?:GCHeap|gc_heap)\\w*::'),
  named('allocation', '^(?:JIT_New\\w*|AllocateObject|AllocateSzArray|Alloc\\(|RhpNew\\w*|SlowAllocateString)'),
  // Compiles methods: its time depends on how warm the code is.
  inModule('runtime', '/libclrjit\\.so$'),
  named(
    'locks',
    types('System.Threading.(?:Monitor|SpinLock|SemaphoreSlim|ManualResetEvent|ReaderWriterLock|Lock\\b|WaitHandle)'),
  ),
  named('allocation', types('System.Buffers.\\w*(?:Pool|MemoryManager)', 'System.GC\\b')),
  border(named('scheduling', LOOPS)),
  weakly(named('scheduling', LOOPS)),
  inNamespaces('scheduling', 'System.Threading'),
  inNamespaces('json', 'System.Text.Json', 'Newtonsoft.Json', 'Utf8Json', 'Microsoft.AspNetCore.Http.Json'),
  inNamespaces('tls', 'System.Net.Security', 'System.Security.Cryptography', 'Internal.Cryptography'),
  inNamespaces('compression', 'System.IO.Compression'),
  inNamespaces(
    'network',
    'System.Net.Sockets',
    'Microsoft.AspNetCore.Server.Kestrel.Transport\\w*',
    'System.Net.NameResolution',
  ),
  inNamespaces(
    'logging',
    'Microsoft.Extensions.Logging',
    'Serilog',
    'NLog',
    'OpenTelemetry',
    'System.Diagnostics.(?:Tracing|Metrics|Activity)',
    'Prometheus',
  ),
  inNamespaces('auth', 'Microsoft.AspNetCore.Auth\\w+', 'Microsoft.IdentityModel', 'System.Security.Claims'),
  inNamespaces('routing', 'Microsoft.AspNetCore.Routing', 'Yarp.ReverseProxy.(?:Routing|Model)'),
  inNamespaces('http', 'Microsoft.AspNetCore', 'System.Net.Http', 'System.Net', 'Microsoft.Net.Http', 'Grpc', 'Yarp'),
  named('own', `${ASSEMBLY}(?!System\\.|Microsoft\\.|Internal\\.|Interop\\b)[A-Za-z_<][\\w.<>\`]*(?:::|[.+])`),
  weakly(named('runtime', `${ASSEMBLY}(?:System|Microsoft|Internal|Interop)\\b`)),
  weakly(inModule('runtime', '/lib(?:coreclr|hostfxr|hostpolicy|clrgc|System\\.\\w+\\.Native|mscordbi)[\\w.]*\\.so$')),
];

/** .NET, among frames of any language: only names with an assembly are taken for .NET's. */
export const DOTNET_RULES = RULES;

/** The same for frames that are known to be .NET's, whose assembly may be their module. */
export const DOTNET_FRAME_RULES: readonly CategoryRule[] = RULES.map((rule) =>
  rule.name?.startsWith(ASSEMBLY)
    ? { ...rule, name: `^(?:${ASSEMBLY.slice(1)})?${rule.name.slice(ASSEMBLY.length)}` }
    : rule,
);
