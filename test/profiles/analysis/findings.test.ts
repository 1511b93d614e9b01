import { describe, expect, it } from 'vitest';
import { compareFindings } from '../../../src/profiles/analysis/compare-findings.js';
import type { Finding } from '../../../src/profiles/analysis/finding.js';
import { findingsOf } from '../../../src/profiles/analysis/findings.js';
import { warningsOf } from '../../../src/profiles/analysis/warnings.js';
import { categorisedOf, gatewayMeta, OWN } from '../../support/categorised.js';

const QUIET = { unprofiled: null, ratePerSec: null };
const texts = (findings: readonly Finding[], kind: Finding['kind']) =>
  findings.filter((finding) => finding.kind === kind).map(({ text }) => text);

const categorised = categorisedOf(
  {
    'app.run;G:net.(*conn).Write;K:do_syscall_64;K:__x64_sys_sendto;K:_raw_spin_unlock_irqrestore': 960,
    'app.run;K:do_syscall_64;K:__x64_sys_futex': 320,
    'app.run;G:net.(*conn).Read': 120,
    'app.run;G:encoding/json.Marshal': 440,
    'app.run;app.route': 240,
    'G:net/http.serve': 1880,
    'nobody.knows': 40,
  },
  { ...gatewayMeta('ferro', { requests: 10_000 }), rules: [OWN] },
);

describe('findingsOf', () => {
  const findings = findingsOf(categorised, QUIET);

  it('says what CPU time is spent on, each sample once', () => {
    expect(texts(findings, 'spread')).toEqual([
      '32 % of CPU in the kernel (network 24 %, locks 8 %); elsewhere HTTP 47 %, JSON 11 %, own code 6 %, network 3 %; unknown 1 %.',
    ]);
  });

  it('names where each figure comes from, and its samples', () => {
    const [spread] = findings;
    expect(spread?.figures).toContainEqual({
      value: expect.closeTo(0.24, 9),
      unit: 'share',
      from: 'category network, in the kernel or in a system call',
      samples: 960,
    });
    expect(spread?.figures).toContainEqual({
      value: expect.closeTo(0.03, 9),
      unit: 'share',
      from: 'category network, outside of system calls',
      samples: 120,
    });
    for (const { figures, text } of findings) {
      for (const { value, unit } of figures) {
        if (unit === 'share') expect(text).toContain(`${Math.round(value * 100)} %`);
      }
    }
  });

  it('gives CPU time per request, the hot functions and the gateway’s own', () => {
    // 4,000 samples at 99 Hz are 40.4 s, over 10,000 requests.
    expect(texts(findings, 'per-request')[0]).toBe(
      'A request takes 4,040 µs of CPU at 50 VUs, most of it for HTTP 1,899 µs, network 1,091 µs, JSON 444 µs.',
    );
    expect(texts(findings, 'hot')).toEqual([
      'Functions with the most self time: net/http.serve 47 % (HTTP), _raw_spin_unlock_irqrestore 24 % (network), encoding/json.Marshal 11 % (JSON).',
      "Of the gateway's own functions, with the libraries they call, the most expensive are app.run 46 %, app.route 6 %.",
    ]);
  });

  it('says what is behind a kernel function that only seems hot', () => {
    expect(texts(findings, 'cause')[0]).toMatch(
      /^24 % of samples end in _raw_spin_unlock_irqrestore,.* network 100 %\.$/,
    );
  });

  it('speaks of uncertainty where samples are few, and not where they are many', () => {
    expect(texts(findings, 'uncertainty')).toEqual([]);
    const few = findingsOf(categorisedOf({ 'G:net/http.a': 213 }), QUIET);
    expect(texts(few, 'uncertainty')).toEqual(['213 samples: a share of 10 % is 7 to 15 %.']);
    expect(texts(few, 'warning')).toEqual([]);
  });

  it('says the same of a profile without kernel frames', () => {
    const pprof = categorisedOf(
      {
        'G:net.(*conn).Write;G:syscall.write;G:internal/runtime/syscall.Syscall6': 32,
        'G:runtime.stopm;G:runtime.futex': 8,
        'G:net/http.a': 60,
      },
      { profiler: 'pprof', kernel: 'absent' },
    );
    expect(texts(findingsOf(pprof, QUIET), 'spread')).toEqual([
      '40 % of CPU in system calls (network 32 %, locks 8 %); elsewhere HTTP 60 %; unknown 0 %.',
    ]);
  });
});

describe('what is worth a sentence', () => {
  const spreadOf = (stacks: Record<string, number>, meta = {}) =>
    texts(findingsOf(categorisedOf(stacks, meta), QUIET), 'spread')[0];

  it('is a share of at least 2 %, and unknown once, at the end', () => {
    expect(spreadOf({ 'G:net/http.a': 960, 'G:encoding/json.x': 30, 'G:compress/gzip.x': 10 })).toBe(
      'HTTP 96 %, JSON 3 %; unknown 0 %.',
    );
    expect(spreadOf({ 'G:net/http.a': 800, x: 200 })).toBe('HTTP 80 %; unknown 20 %.');
  });

  it('is of time, in a profile of waiting', () => {
    expect(spreadOf({ 'K:tcp_sendmsg': 900, x: 100 }, { kind: 'off-cpu' })).toMatch(/^90 % of time in the kernel/);
  });

  it('is of uncertainty below 3,000 samples', () => {
    const uncertain = (samples: number) =>
      texts(findingsOf(categorisedOf({ 'G:net/http.a': samples }), QUIET), 'uncertainty').length;
    expect([2999, 3000].map(uncertain)).toEqual([1, 0]);
  });

  it('is of the three largest categories of a request, and of none that it has not', () => {
    const perRequest = (stacks: Record<string, number>) =>
      texts(findingsOf(categorisedOf(stacks, gatewayMeta('ferro')), QUIET), 'per-request')[0];
    expect(perRequest({ 'G:net/http.a': 99 })).toBe(
      'A request takes 1,000 µs of CPU at 50 VUs, most of it for HTTP 1,000 µs.',
    );
    expect(
      perRequest({ 'G:net/http.a': 50, 'G:encoding/json.x': 30, 'G:compress/gzip.x': 11, 'G:log.Print': 8 }),
    ).toMatch(/most of it for HTTP 505 µs, JSON 303 µs, compression 111 µs\.$/);
  });

  it('is of the three most expensive of the gateway’s own functions', () => {
    const own = findingsOf(categorisedOf({ 'app.a': 4, 'app.b': 3, 'app.c': 2, 'app.d': 1 }, { rules: [OWN] }), QUIET);
    expect(texts(own, 'hot').at(-1)).toMatch(/are app\.a 40 %, app\.b 30 %, app\.c 20 %\.$/);
  });

  it('is of kernel leaves with at least 3 % and 5 samples, heaviest first', () => {
    const leaves = (stacks: Record<string, number>) =>
      texts(findingsOf(categorisedOf(stacks), QUIET), 'cause').map((text) => text.replace(/,.*$/, ''));
    const [spin, enable] = ['K:tcp_sendmsg;K:_raw_spin_unlock_irqrestore', 'K:tcp_sendmsg;K:__local_bh_enable_ip'];
    expect(leaves({ [spin ?? '']: 40, [enable ?? '']: 100, x: 860 })).toEqual([
      '10 % of samples end in __local_bh_enable_ip',
      '4 % of samples end in _raw_spin_unlock_irqrestore',
    ]);
    expect(leaves({ [spin ?? '']: 20, x: 980 })).toEqual([]);
    expect(leaves({ [spin ?? '']: 4, x: 96 })).toEqual([]);
  });
});

describe('warnings', () => {
  it.each([
    ['few samples', categorisedOf({ 'G:net/http.a': 20 }), QUIET, /Only 20 samples/],
    ['lost samples', categorisedOf({ 'G:net/http.a': 900 }, { lost: 100 }), QUIET, /10 % of samples were lost \(100\)/],
    ['much that is unknown', categorisedOf({ 'G:net/http.a': 800, x: 200 }), QUIET, /20 % is unknown/],
    ['no kernel frames', categorisedOf({ 'G:net/http.a': 800 }, { kernel: 'absent' }), QUIET, /No kernel frames/],
    ['kernel addresses', categorisedOf({ 'G:net/http.a': 800 }, { kernel: 'addresses' }), QUIET, /have no names/],
    [
      'an interpreter that tells nothing',
      categorisedOf({ '_PyEval_EvalFrameDefault@/usr/lib/libpython3.11.so.1.0': 800 }),
      QUIET,
      /100 % is the Python interpreter/,
    ],
    [
      'a slow profiler',
      categorisedOf({ 'G:net/http.a': 800 }),
      { unprofiled: { ratePerSec: 1000, cpuUsPerRequest: null }, ratePerSec: 700 },
      /slowed the gateway down: 700.*1000/,
    ],
    [
      'a halved throughput',
      categorisedOf({ 'G:net/http.a': 800 }),
      { unprofiled: { ratePerSec: 1000, cpuUsPerRequest: null }, ratePerSec: 500 },
      /cut the throughput by half or more: 500.*1000/,
    ],
  ])('warns of %s, and of nothing else', (_, profile, context, warning) => {
    expect(texts(findingsOf(profile, context), 'warning')).toEqual([expect.stringMatching(warning)]);
  });

  const warned = (stacks: Record<string, number>, meta: Parameters<typeof categorisedOf>[1] = {}) =>
    texts(findingsOf(categorisedOf(stacks, meta), QUIET), 'warning');

  it.each([
    ['199 samples', { 'G:net/http.a': 199 }, {}, 1],
    ['200 samples', { 'G:net/http.a': 200 }, {}, 0],
    ['2 % lost', { 'G:net/http.a': 980 }, { lost: 20 }, 1],
    ['1 % lost', { 'G:net/http.a': 990 }, { lost: 10 }, 0],
    ['11 % unknown', { 'G:net/http.a': 890, x: 110 }, {}, 1],
    ['10 % unknown', { 'G:net/http.a': 900, x: 100 }, {}, 0],
  ])('know their limits: %s', (_, stacks, meta, count) => {
    expect(warned(stacks, meta)).toHaveLength(count);
  });

  it('leave an interpreter alone that names its functions, or takes little', () => {
    const interpreter = '_PyEval_EvalFrameDefault@/usr/lib/libpython3.11.so.1.0';
    expect(warned({ [interpreter]: 450, 'G:net/http.a': 550 })).toHaveLength(1);
    expect(warned({ [interpreter]: 350, 'G:net/http.a': 650 })).toEqual([]);
    expect(warned({ [interpreter]: 450, 'P:f|/srv/app.py': 1, 'G:net/http.a': 549 })).toEqual([]);
  });

  it('tell a slowed gateway from one with half of its throughput', () => {
    const at = (ratePerSec: number) =>
      texts(
        findingsOf(categorisedOf({ 'G:net/http.a': 800 }), {
          unprofiled: { ratePerSec: 1000, cpuUsPerRequest: null },
          ratePerSec,
        }),
        'warning',
      ).join();
    expect(at(810)).toBe('');
    expect(at(790)).toMatch(/slowed the gateway down/);
    expect(at(560)).toMatch(/slowed the gateway down/);
    expect(at(540)).toMatch(/cut the throughput by half/);
  });

  it('is silent on a sound profile', () => {
    const sound = findingsOf(categorisedOf({ 'G:net/http.a': 800 }, { lost: 0 }), {
      unprofiled: { ratePerSec: 1000, cpuUsPerRequest: null },
      ratePerSec: 990,
    });
    expect(texts(sound, 'warning')).toEqual([]);
  });

  it('has nothing but warnings for a profile without samples', () => {
    expect(findingsOf(categorisedOf({}), QUIET).every(({ kind }) => kind === 'warning')).toBe(true);
  });
});

describe('compareFindings', () => {
  const profileOf = (label: string, stacks: Record<string, number>, vus = 50) =>
    categorisedOf(stacks, { ...gatewayMeta(label, { requests: 1000, vus }) });
  const portkey = profileOf('portkey', { 'J:a|node:_http_server': 60, 'v8::internal::Scavenger::Process': 33 });
  const ferro = profileOf('ferro', { 'G:net/http.a': 8 });

  it('puts CPU time per request beside each other, the dearest first', () => {
    const [first, ...categories] = compareFindings([ferro, portkey]);
    expect(first?.text).toBe('At 50 VUs, by perf: Portkey uses 939 µs of CPU per request, Ferro 81 µs.');
    expect(first?.figures.map(({ from }) => from)).toEqual(['all samples of Portkey', 'all samples of Ferro']);
    expect(categories.map(({ text }) => text)).toEqual([
      'For HTTP, Portkey uses 606 µs of CPU per request, Ferro 81 µs (by 8 samples).',
      'For garbage collection, Portkey uses 333 µs of CPU per request, Ferro none in any sample.',
    ]);
  });

  it('compares categories with 10 % of the CPU, 10 samples and three times the cost, of which something is known', () => {
    const about = (more: Record<string, number>, less: Record<string, number>) =>
      compareFindings([profileOf('portkey', more), profileOf('ferro', less)])
        .slice(1)
        .map(({ text }) => text.replace(/,.*$/, ''));
    expect(about({ 'G:net/http.a': 30, x: 70 }, { 'G:net/http.a': 10 })).toEqual(['For HTTP']);
    expect(about({ 'G:net/http.a': 29, x: 71 }, { 'G:net/http.a': 10 })).toEqual([]);
    expect(about({ 'G:net/http.a': 12, x: 88 }, { y: 1 })).toEqual(['For HTTP']);
    expect(about({ 'G:net/http.a': 9, x: 11 }, { y: 1 })).toEqual([]);
    expect(about({ 'G:net/http.a': 11, x: 109 }, { y: 1 })).toEqual([]);
    expect(about({ 'K:ksys_write;K:ext4_file_write_iter': 50, x: 50 }, { y: 1 })).toEqual([]);
  });

  it('compares only CPU profiles', () => {
    const waiting = { ...gatewayMeta('portkey'), kind: 'off-cpu' as const };
    expect(compareFindings([categorisedOf({ x: 9 }, waiting), categorisedOf({ x: 3 }, waiting)])).toEqual([]);
  });

  it('compares nothing that was loaded or captured differently, or alone', () => {
    expect(compareFindings([ferro, profileOf('portkey', { x: 9 }, 300)])).toEqual([]);
    expect(compareFindings([ferro])).toEqual([]);
    expect(compareFindings([ferro, categorisedOf({ x: 9 })])).toEqual([]);
  });
});

describe('how much of the CPU time the samples account for', () => {
  // 100 samples at 99 Hz over 1,000 requests: 1,010 us a request.
  const against = (cpuUsPerRequest: number) =>
    warningsOf(
      categorisedOf(
        { 'main;read': 100 },
        { ...gatewayMeta('any'), load: { vus: 50, ratePerSec: 100, requests: 1000, cpuUsPerRequest } },
      ),
      { unprofiled: null, ratePerSec: null },
    ).map(({ text }) => text);

  it('is told where samples miss much of it, or count more than there was', () => {
    expect(against(1_443).join()).toMatch(/add up to only 70 % of the CPU time that the kernel counted/);
    expect(against(202).join()).toMatch(/add up to 5\.0 times the CPU time/);
  });

  it('is not worth a word where both agree', () => {
    for (const us of [880, 950, 1_010, 1_100, 1_185]) expect(against(us).join()).not.toMatch(/add up to/);
    for (const us of [875, 1_195]) expect(against(us).join()).toMatch(/add up to/);
  });
});

describe('what the profiler took', () => {
  const warned = (withIt: number, without: number) =>
    warningsOf(
      categorisedOf(
        { 'main;read': 300 },
        { ...gatewayMeta('any'), load: { vus: 50, ratePerSec: 100, requests: 1000, cpuUsPerRequest: withIt } },
      ),
      { unprofiled: { ratePerSec: 100, cpuUsPerRequest: without }, ratePerSec: 100 },
    ).map(({ text }) => text);

  it('is told by CPU time where the rate shows nothing of it', () => {
    expect(warned(3_030, 2_000).join()).toMatch(/took 3,030 µs of CPU with the profiler and 2,000 µs without/);
    expect(warned(1_310, 1_000).join()).toMatch(/took 1,310/);
    expect(warned(1_290, 1_000).join()).not.toMatch(/took 1,290/);
  });
});
