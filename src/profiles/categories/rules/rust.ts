import type { Category, CategoryRule } from '../../../model/category.js';
import { border, named, weakly } from './rule.js';

/** `hyper::proto::h1`, and what Rust makes of methods: `<hyper::Body as http_body::Body>::poll`. */
const crates = (...names: string[]): string => `^(?:<|&|mut |dyn |\\*const |\\*mut )*(?:${names.join('|')})::`;

const inCrates = (category: Category, ...names: string[]): CategoryRule => named(category, crates(...names));

/** Executors poll what others have spawned. */
const LOOPS = crates(
  'tokio::(?:runtime|task)',
  'async_std::task',
  'async_executor',
  'smol',
  'rayon_core',
  'rayon',
  'futures_executor',
);

/** Rust: the standard library and well-known crates, by demangled names. */
export const RUST_RULES: readonly CategoryRule[] = [
  named('allocation', '^(?:__rust_(?:alloc|dealloc|realloc)\\w*|__rdl_\\w+|__rg_\\w+)$'),
  inCrates('allocation', 'alloc::alloc', 'alloc::raw_vec', 'jemallocator', 'tikv_jemallocator', 'mimalloc', 'bumpalo'),
  inCrates('locks', 'parking_lot(?:_core)?', 'lock_api', 'std::sync', 'std::sys::sync', 'tokio::sync'),
  inCrates(
    'network',
    'mio',
    'tokio::net',
    'tokio::runtime::io',
    'std::net',
    'std::sys::net',
    'socket2',
    'async_io',
    'polling',
    'quinn',
  ),
  border(named('scheduling', LOOPS)),
  weakly(named('scheduling', LOOPS)),
  inCrates('scheduling', 'tokio::time', 'crossbeam\\w*', 'std::thread', 'flume'),
  inCrates('json', 'serde_json', 'simd_json', 'sonic_rs', 'json', 'jiter'),
  inCrates(
    'tls',
    'rustls',
    'tokio_rustls',
    'webpki',
    'ring',
    'aws_lc\\w*',
    'native_tls',
    'openssl',
    'boring',
    'sha2',
    'aes\\w*',
    'hmac',
  ),
  inCrates('compression', 'flate2', 'miniz_oxide', 'brotli\\w*', 'zstd\\w*', 'lz4\\w*', 'snap'),
  inCrates(
    'logging',
    'tracing\\w*',
    'log',
    'env_logger',
    'slog',
    'simplelog',
    'opentelemetry\\w*',
    'prometheus',
    'metrics\\w*',
  ),
  inCrates('routing', 'matchit', 'axum::routing', 'actix_router'),
  inCrates(
    'http',
    'hyper\\w*',
    'h2',
    'h3',
    'http\\w*',
    'axum\\w*',
    'actix_\\w+',
    'warp',
    'reqwest',
    'tonic',
    'tower_http',
    'rocket\\w*',
    'pingora\\w*',
    'tungstenite',
  ),
  weakly(
    inCrates('runtime', 'core', 'std', 'alloc', 'collections', 'hashbrown', 'memchr', 'bytes', 'indexmap', 'smallvec'),
  ),
  weakly(named('runtime', '^(?:__rust_\\w+|rust_(?:begin_unwind|panic\\w*|eh_personality)|lang_start\\w*)$')),
];

/** The crate that a program is: the one that has its `main`. */
const MAIN = /^([a-z_]\w*)::main(?:::h[0-9a-f]{16})?$/;

/** Rules for a program's own crates, which only its own `main` tells from libraries. @param names of all frames */
export function ownCrateRules(names: Iterable<string>): CategoryRule[] {
  const own = new Set<string>();
  for (const name of names) {
    const crate = MAIN.exec(name)?.[1];
    if (crate !== undefined && !['std', 'core', 'node', 'v8'].includes(crate)) own.add(crate);
  }
  return own.size === 0 ? [] : [inCrates('own', ...own)];
}
