import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../../src/model/category.js';
import { categorise } from '../../../src/profiles/categories/categorise.js';
import { categorisedOf, OWN, profileOf } from '../../support/categorised.js';
import { anyProfile } from '../../support/profile-arbitrary.js';

const categoryOf = (stack: string) => categorisedOf({ [stack]: 1 }, { rules: [OWN] }).stackCategories[0];

describe('the kernel’s part', () => {
  it.each([
    // The published trap: a leaf that says nothing, and two causes.
    [
      'app.x;K:entry_SYSCALL_64_after_hwframe;K:do_syscall_64;K:__x64_sys_futex;K:do_futex;K:futex_wake;K:_raw_spin_unlock_irqrestore',
      'locks',
    ],
    [
      'app.x;K:do_syscall_64;K:ksys_write;K:vfs_write;K:sock_write_iter;K:tcp_sendmsg;K:sock_def_readable;K:_raw_spin_unlock_irqrestore',
      'network',
    ],
    [
      'app.x;K:do_syscall_64;K:__x64_sys_epoll_wait;K:do_epoll_wait;K:schedule_hrtimeout_range_clock;K:schedule;K:__schedule;K:finish_task_switch.isra.0',
      'network',
    ],
    [
      'app.x;K:do_syscall_64;K:exit_to_user_mode_loop;K:schedule;K:__schedule;K:finish_task_switch.isra.0',
      'scheduling',
    ],
    [
      'app.x;K:do_syscall_64;K:__x64_sys_nanosleep;K:hrtimer_nanosleep;K:do_nanosleep;K:schedule;K:finish_task_switch.isra.0',
      'scheduling',
    ],
    ['app.x;K:do_syscall_64;K:__x64_sys_sched_yield;K:schedule', 'scheduling'],
    ['app.x;K:asm_exc_page_fault;K:exc_page_fault;K:do_user_addr_fault;K:clear_page_erms', 'allocation'],
    ['app.x;K:do_syscall_64;K:__x64_sys_madvise;K:zap_page_range', 'allocation'],
    ['app.x;K:system_call_fastpath;K:sys_mmap;K:vm_mmap_pgoff', 'allocation'],
    ['app.x;K:entry_SYSCALL_64_fastpath;K:SyS_recvfrom;K:SYSC_recvfrom;K:fput', 'network'],
    ['app.x;K:entry_SYSCALL_64_fastpath;K:sys_sched_yield;K:__raw_spin_lock', 'scheduling'],
    ['app.x;K:asm_sysvec_apic_timer_interrupt;K:irqentry_exit_to_user_mode', 'kernel-other'],
    ['app.x;K:asm_sysvec_apic_timer_interrupt;K:irqentry_exit_to_user_mode;K:schedule', 'scheduling'],
    ['app.x;K:asm_sysvec_apic_timer_interrupt;K:handle_softirqs;K:net_rx_action;K:tcp_v4_rcv', 'network'],
  ])('%s is %s', (stack, category) => {
    expect(categoryOf(stack)).toBe(category);
  });

  it('is its caller’s where the kernel says nothing of the cause, and kernel-other where nobody does', () => {
    expect(categoryOf('G:net.(*conn).Write;K:do_syscall_64;K:ksys_write;K:vfs_write')).toBe('network');
    expect(categoryOf('G:log/slog.(*Logger).Info;G:os.(*File).Write;K:do_syscall_64;K:ksys_write;K:vfs_write')).toBe(
      'logging',
    );
    expect(categoryOf('nobody;K:do_syscall_64;K:ksys_write;K:ext4_file_write_iter')).toBe('kernel-other');
    // A second entry has a cause of its own.
    expect(categoryOf('K:tcp_sendmsg;handler;K:do_futex')).toBe('locks');
  });
});

describe('the rest', () => {
  it.each([
    ['G:net/http.(*conn).serve;G:encoding/json.Unmarshal;G:runtime.memmove', 'json'],
    ['G:net/http.(*conn).serve;app.handle;G:runtime.mapaccess1', 'own'],
    ['G:net/http.(*conn).serve;app.handle;G:runtime.mallocgc;G:runtime.gcAssistAlloc', 'gc'],
    ['G:runtime.goexit;app.handle;G:internal/poll.(*FD).Write;G:syscall.Syscall', 'own'],
    [
      'G:runtime.goexit;G:net.(*conn).Write;G:internal/poll.(*FD).Write;G:syscall.write;G:internal/runtime/syscall.Syscall6',
      'network',
    ],
    [
      'G:runtime.mcall;G:runtime.park_m;G:runtime.findRunnable;G:runtime.netpoll;G:internal/runtime/syscall.Syscall6',
      'network',
    ],
    ['G:runtime.mcall;G:runtime.schedule;G:runtime.stopm;G:runtime.notesleep;G:runtime.futex', 'locks'],
    ['G:github.com/valyala/fasthttp.(*Server).serveConn;G:github.com/goccy/go-json.Marshal', 'json'],
    ['G:crypto/tls.(*Conn).Write;G:crypto/internal/fips140/aes/gcm.seal', 'tls'],
    ['app.handle;G:crypto/rand.Read', 'own'],
    ['J:parserOnIncoming|node:_http_server;J:handler|/srv/app/server.js;Builtins_LoadIC@/usr/bin/node', 'own'],
    [
      'J:handler|/srv/app/server.js;v8::internal::Builtin_JsonParse;v8::internal::JsonParser<unsigned char>::ParseJson',
      'json',
    ],
    ['v8::internal::Heap::CollectGarbage;v8::internal::Scavenger::Process', 'gc'],
    ['J:handler|/srv/app/server.js;J:send|/srv/app/node_modules/undici/index.js', 'http'],
    ['J:x|/srv/app/server.js;J:parse', 'json'],
    [
      'P:run|/srv/lib/python3.11/site-packages/uvicorn/server.py;P:run|/usr/lib/python3.11/asyncio/runners.py;P:app|/srv/lib/python3.11/site-packages/fastapi/routing.py',
      'routing',
    ],
    ['P:loads|/usr/lib/python3.11/json/__init__.py', 'json'],
    ['take_gil@/usr/lib/libpython3.11.so.1.0', 'locks'],
    ['lj_gc_step;gc_onestep', 'gc'],
    ['ngx_http_proxy_handler', 'own'],
    ['ngx_ssl_recv', 'tls'],
  ])('%s is %s', (stack, category) => {
    expect(categoryOf(stack)).toBe(category);
  });

  it('is known weakly by the leaf alone, or by what an inlined leaf is in', () => {
    expect(categoryOf('main;memcpy@/usr/lib/libc.so.6')).toBe('runtime');
    expect(categoryOf('_PyEval_EvalFrameDefault@/usr/lib/libpython3.11.so.1.0;I:Py_INCREF')).toBe('runtime');
  });

  it('stays unknown where nothing is known: start-up code doesn’t claim what it calls', () => {
    expect(categoryOf('__libc_start_main@/usr/lib/libc.so.6;main@/srv/app;do_work@/srv/app')).toBe('unknown');
    expect(categoryOf('__libc_start_main@/usr/lib/libc.so.6;?@/srv/app')).toBe('unknown');
    expect(categoryOf('G:runtime.goexit;G:github.com/x/y.Work')).toBe('unknown');
    expect(categoryOf('Builtins_JSEntry@/usr/bin/node;J:x|/srv/node_modules/nobody-knows/x.js')).toBe('unknown');
  });

  it('does not follow who called an event loop', () => {
    const loop = 'P:run|/v/site-packages/uvicorn/server.py;P:run_forever|/usr/lib/python3.11/asyncio/base_events.py';
    expect(categoryOf(loop)).toBe('scheduling');
    expect(categoryOf(`${loop};P:mystery|/srv/thing.py`)).toBe('unknown');
  });

  it('asks the gateway’s own rules before the general ones', () => {
    const rules = [{ category: 'auth' as const, name: '^encoding/json', weak: false }];
    expect(categorisedOf({ 'G:encoding/json.Unmarshal': 1 }, { rules }).stackCategories).toEqual(['auth']);
  });
});

describe('categorise', () => {
  it('gives each stack its leaf’s category, each frame one, and changes nothing else', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const before = structuredClone(profile);
        const { frameCategories, stackCategories, profile: same } = categorise(profile);
        expect(same).toEqual(before);
        expect(stackCategories).toHaveLength(profile.stacks.length);
        for (const [index, { frames }] of profile.stacks.entries()) {
          expect(frameCategories[index]).toHaveLength(frames.length);
          expect(frameCategories[index]?.at(-1)).toBe(stackCategories[index]);
          expect(CATEGORIES).toContain(stackCategories[index]);
        }
      }),
    );
  });

  it('depends on a frame and those above it alone', () => {
    const longer = profileOf({ 'app.a;G:encoding/json.Marshal;K:do_syscall_64;K:tcp_sendmsg': 1 });
    const whole = categorise(longer).frameCategories[0] ?? [];
    for (let depth = 1; depth <= whole.length; depth += 1) {
      const [stack] = longer.stacks;
      const cut = { ...longer, stacks: [{ frames: stack?.frames.slice(0, depth) ?? [], samples: 1, weight: 1 }] };
      expect(categorise(cut).frameCategories[0]).toEqual(whole.slice(0, depth));
    }
  });
});
