import type { CategoryRule } from '../../../model/category.js';
import { named, weakly } from './rule.js';

/** nginx and what is built on it. Packages are stripped, so only exported functions have names. */
export const NGINX_RULES: readonly CategoryRule[] = [
  named('tls', '^ngx_(ssl_|http_ssl_|event_openssl|event_quic)'),
  named('compression', '^ngx_http_(gzip|gunzip|brotli)'),
  named('logging', '^ngx_(log_|http_log_|syslog_|error_log)'),
  named('auth', '^ngx_http_auth_'),
  named(
    'allocation',
    '^ngx_(p?n?c?alloc|p?memalign|pmemalign|pcalloc|palloc\\w*|create_pool|destroy_pool|reset_pool|pfree|slab_\\w+|create_temp_buf|alloc_chain_link|chain_get_free_buf|chain_update_chains)$',
  ),
  named(
    'network',
    '^ngx_(unix_(recv|send)|readv_chain|writev\\w*|linux_sendfile\\w*|udp_|recv|send|event_(connect_peer|accept|recvmsg)|get_connection|close_connection|free_connection|tcp_|epoll_\\w+|resolver_\\w+|resolve_\\w+|reusable_connection)',
  ),
  named(
    'routing',
    '^ngx_http_(core_(find_|\\w*phase|rewrite|run_phases)|rewrite_|map_|regex_|script_|complex_value|variable|get_(indexed_|flushed_)?variable)|^ngx_hash_find',
  ),
  // Forwarding requests is a proxy's own work.
  named('own', '^ngx_http_(upstream_|proxy_|lua_|fastcgi_|grpc_)|^ngx_event_pipe'),
  named('http', '^ngx_http_|^ngx_output_chain|^ngx_chain_writer'),
  weakly(named('network', '^ngx_(event_|process_events_and_timers)')),
  weakly(named('scheduling', '^ngx_(master_|worker_|spawn_|event_(expire|find|del|add)_timer|time_update|rbtree_)')),
  weakly(named('own', '^ngx_')),
];
