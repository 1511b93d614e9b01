import type { CategoryRule } from '../../../model/category.js';
import { named } from './rule.js';

/** A system call's entry, in any kernel: `__x64_sys_futex`, before Linux 4.17 `sys_futex` and `SyS_futex`. */
const SYSCALL = '(__(x64|ia32|arm64|riscv|s390x?|se)_)?(compat_)?(sys|SyS|SYSC)_';

/**
 * Why the kernel was entered. Frames are matched from the entry towards the leaf, and the first match decides. Leaves say
 * nothing about the cause: in virtual machines they bunch on `_raw_spin_unlock_irqrestore` and `finish_task_switch`,
 * where the guest enables its interrupts again.
 *
 * - A futex counts as a lock, with the wake-up or task switch it causes.
 * - Waiting in epoll is network; so is a wake-up by an arriving packet.
 * - Preemption, sleeping and yielding are scheduling; rseq and task work run only because of a task switch.
 * - Page faults and system calls that map memory are allocation: fresh memory is paid for when it is first touched.
 *   Faults on files (paging in code) are the exception, but not every kernel tells them apart by name.
 * - An interrupt by a timer or another CPU says nothing about the code it hit: kernel-other.
 *
 * What matches no rule, such as a `read` that ends before it reaches the socket, counts for its caller, and as
 * kernel-other if the caller is unknown too.
 */
export const KERNEL_RULES: readonly CategoryRule[] = [
  named('locks', `^(${SYSCALL}futex\\w*|(__)?do_futex|futex_\\w+)$`),
  named(
    'network',
    `^(${SYSCALL}|__sys_|do_)(epoll_\\w+|p?poll|p?select6?|send\\w*|recv\\w*|accept4?|connect|socket|shutdown|bind|listen|[gs]etsockopt)(\\.|$)`,
  ),
  named(
    'network',
    '^(sock_|____sys_(send|recv)msg|tcp_|__tcp_|udp_|inet6?_|unix_(stream|dgram)_|ep_|ip_|__ip_|ip6_|skb_|__skb_|__alloc_skb|napi_|__napi_|net_[rt]x_|dev_|__dev_|__netif_|netif_|sk_|__sk_)',
  ),
  named('scheduling', `^${SYSCALL}(sched_\\w+|(clock_)?nanosleep\\w*|pause|wait4|waitid|rt_sigtimedwait)`),
  named('allocation', `^${SYSCALL}(mmap|munmap|mremap|madvise|brk|mprotect)`),
  named('allocation', '^(asm_)?exc_page_fault$|^do_user_addr_fault$|^handle_mm_fault$'),
  named('tls', '^(aesni_|aes_gcm|tls_sw_|crypto_aead_)'),
  named(
    'scheduling',
    '^(__)?schedule(_idle|_hrtimeout\\w*|_timeout)?$|^__cond_resched$|^(__)?rseq_\\w+|^__rseq_\\w+|^task_work_run$|^blkcg_maybe_throttle_current$|^\\[waiting for a CPU\\]$',
  ),
];

/** Frames that start an interrupt: the code it hit isn't why the kernel runs. */
export const INTERRUPT_ENTRY = /^(asm_)?(sysvec_|common_interrupt)|^irq_|^el[01]t?_.*(irq|interrupt)/;
