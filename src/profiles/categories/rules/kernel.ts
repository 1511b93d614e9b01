import type { CategoryRule } from '../../../model/category.js';
import { named } from './rule.js';

/**
 * Why the kernel was entered. They are asked from the entry towards the leaf, and the first that holds decides: leaves
 * bunch on `_raw_spin_unlock_irqrestore` and `finish_task_switch` in virtual machines, where the guest is given its
 * interrupts back, and say nothing of the cause.
 *
 * - A futex counts as lock, with the wake-up or the task switch that it leads to.
 * - Waiting in epoll is network; so is a wake-up that an arriving packet causes.
 * - A task switch that nobody asked for (preemption), a sleep and a yield are scheduling; rseq and task work run only
 *   because of a switch.
 * - Page faults and the calls that map memory are allocation: the first touch of fresh memory is where it is paid for.
 *   A fault on a file (code that is paged in) is the exception that can't be told apart by name in every kernel.
 * - A timer's or another processor's interrupt says nothing of the code that it hit: kernel-other.
 *
 * What no rule knows, such as a `read` that ends before the socket is reached, is counted where its caller is, and as
 * kernel-other where the caller is unknown too.
 */
export const KERNEL_RULES: readonly CategoryRule[] = [
  named('locks', '^(__(x64|arm64)_sys_futex\\w*|(__)?do_futex|futex_\\w+)$'),
  named(
    'network',
    '^(__(x64|arm64)_sys_|__sys_|do_)(epoll_\\w+|p?poll|p?select6?|send\\w*|recv\\w*|accept4?|connect|socket|shutdown|bind|listen|[gs]etsockopt)(\\.|$)',
  ),
  named(
    'network',
    '^(sock_|____sys_(send|recv)msg|tcp_|__tcp_|udp_|inet6?_|unix_(stream|dgram)_|ep_|ip_|__ip_|ip6_|skb_|__skb_|__alloc_skb|napi_|__napi_|net_[rt]x_|dev_|__dev_|__netif_|netif_|sk_|__sk_)',
  ),
  named('scheduling', '^__(x64|arm64)_sys_(sched_\\w+|(clock_)?nanosleep\\w*|pause|wait4|waitid|rt_sigtimedwait)'),
  named('allocation', '^__(x64|arm64)_sys_(mmap|munmap|mremap|madvise|brk|mprotect)'),
  named('allocation', '^(asm_)?exc_page_fault$|^do_user_addr_fault$|^handle_mm_fault$'),
  named('tls', '^(aesni_|aes_gcm|tls_sw_|crypto_aead_)'),
  named(
    'scheduling',
    '^(__)?schedule(_idle|_hrtimeout\\w*|_timeout)?$|^__cond_resched$|^(__)?rseq_\\w+|^__rseq_\\w+|^task_work_run$|^blkcg_maybe_throttle_current$|^\\[waiting for a CPU\\]$',
  ),
];

/** Frames with which an interrupt begins: the code that it hit isn't why the kernel runs. */
export const INTERRUPT_ENTRY = /^(asm_)?(sysvec_|common_interrupt)|^irq_|^el[01]t?_.*(irq|interrupt)/;
