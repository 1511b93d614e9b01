import type { Category, CategoryRule } from '../../../model/category.js';
import { border, named, weakly } from './rule.js';

/** `boost::asio::detail`, also behind a return type or as a template's instance. */
const inNamespaces = (category: Category, ...namespaces: string[]): CategoryRule =>
  named(
    category,
    `^(?:(?:void|bool|int|auto|unsigned \\w+|non-virtual thunk to|virtual thunk to) )?(?:${namespaces.join('|')})(?:::|<)`,
  );

const LOOPS = [
  'boost::asio::(?:detail::scheduler|io_context)',
  'folly::(?:EventBase|\\w*Executor)',
  'tbb',
  'Envoy::Event',
];

/** C++: the standard library, and libraries that many programs contain. */
export const CPP_RULES: readonly CategoryRule[] = [
  inNamespaces(
    'allocation',
    'tcmalloc',
    'std::allocator',
    '__gnu_cxx::new_allocator',
    'google::protobuf::Arena',
    'mi_heap',
  ),
  inNamespaces(
    'locks',
    'std::(?:shared_|recursive_|timed_)*mutex',
    'std::(?:lock_guard|unique_lock|scoped_lock|condition_variable)',
    'absl::(?:Mutex|CondVar|base_internal::SpinLock)',
  ),
  border(inNamespaces('scheduling', ...LOOPS)),
  weakly(inNamespaces('scheduling', ...LOOPS)),
  inNamespaces('json', 'rapidjson', 'nlohmann', 'simdjson', 'Json', 'Envoy::Json', 'boost::json'),
  inNamespaces('logging', 'spdlog', 'google::LogMessage', 'glog', 'Envoy::AccessLog', 'prometheus'),
  inNamespaces('tls', 'bssl', 'boost::asio::ssl', 'Envoy::(?:Ssl|Extensions::TransportSockets::Tls)'),
  inNamespaces(
    'http',
    'boost::beast',
    'httplib',
    'nghttp2',
    'quiche?',
    'proxygen',
    'Envoy::Http',
    'grpc_core',
    'grpc',
    'restinio',
    'drogon',
  ),
  inNamespaces('routing', 'Envoy::Router'),
  inNamespaces('network', 'boost::asio', 'Envoy::Network', 'folly::AsyncSocket'),
  weakly(inNamespaces('runtime', 'std', '__gnu_cxx', '__cxxabiv1', 'boost', 'absl', 'folly', 'google::protobuf')),
];
