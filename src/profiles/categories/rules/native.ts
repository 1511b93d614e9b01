import type { CategoryRule } from '../../../model/category.js';
import { inModule, named, weakly } from './rule.js';

/** Libraries that any program may use: the C library and others with the same names in every language. */
export const NATIVE_RULES: readonly CategoryRule[] = [
  named(
    'allocation',
    '^(_?_?(GI_)?_*(libc_)?(malloc|free|calloc|realloc|memalign|posix_memalign|aligned_alloc)|cfree|_int_(malloc|free\\w*|realloc|memalign)|malloc_consolidate|unlink_chunk|sysmalloc|systrim|tcache_\\w+|alloc_perturb|checked_request2size|operator (new|delete)(\\[\\])?|_Zn[wa]m|_Zd[la]Pv\\w*|je_\\w+|mi_\\w+|tc_\\w+)(@\\S+|\\.\\S+|\\(.*)?$',
  ),
  named(
    'locks',
    '^(_?_?(GI_)?_*pthread_(mutex|rwlock|cond|spin)_\\w+|__lll_(lock|unlock)\\w*|__futex_\\w+|futex_(wait|wake)\\w*|__new_sem_\\w+|sem_(wait|post)|uv_(mutex|cond|rwlock|sem)_\\w+)(@\\S+|\\.\\S+)?$',
  ),
  named(
    'network',
    '^(_?_?(GI_|libc_)?_*(epoll_p?wait2?|epoll_ctl|accept4?|connect|sendto|sendmsg|sendmmsg|send|recv|recvfrom|recvmsg|recvmmsg|writev|readv|sendfile(64)?|poll|ppoll|select|pselect))(@\\S+|\\.\\S+)?$',
  ),
  named('scheduling', '^(_?_?(GI_)?_*(sched_yield|usleep|nanosleep|clock_nanosleep))(@\\S+|\\.\\S+)?$'),
  inModule('tls', '/lib(ssl|crypto|gnutls|boringssl)\\b[^/]*\\.so'),
  inModule('compression', '/lib(z|brotli\\w*|zstd)\\b[^/]*\\.so'),
  // Weak, because the C library's start-up code is at the root of every stack.
  weakly({
    category: 'runtime',
    module:
      '/(libc|libm|libpthread|libstdc\\+\\+|libgcc_s|ld-linux[^/]*|ld-musl[^/]*|ld-\\d[^/]*|libc-\\d[^/]*|libm-\\d[^/]*)[.\\d]*\\.?so[.\\d]*$',
    name: '^(?!\\[unknown\\])',
    weak: true,
  }),
  weakly(inModule('runtime', '^\\[vdso\\]$')),
  weakly(
    named(
      'runtime',
      '^(_?_?(GI_)?_*(mem|str|wcs)(cpy|move|set|cmp|chr|rchr|len|nlen|ncmp|str)\\w*|__vdso_\\w+|std::.*|(_?_?(GI_)?_*)?(clock_gettime|gettimeofday|time)|_IO_\\w+)$',
    ),
  ),
  // Only kernel frames would tell whether it is a file or a socket.
  weakly(
    named(
      'kernel-other',
      '^(_?_?(GI_)?_*(libc_)?(read|write|open(at)?(64)?|close|ioctl|syscall|fstat(at)?(64)?|lseek(64)?|fcntl(64)?))$',
    ),
  ),
];
