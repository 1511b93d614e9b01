import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../../src/model/profile.js';
import { chosenProfile, findByEvent, listEvents } from '../../../../src/profiles/choose-profile.js';
import { groupBy } from '../../../../src/profiles/group-by.js';
import { cpuUsPerRequest } from '../../../../src/profiles/measures.js';
import { parsePerfEvents, parsePerfScript } from '../../../support/perf-script.js';
import { totalsByName, totalWeight } from '../../../support/stack-totals.js';

const sample = (head: string, ...frames: string[]) => `${head}\n${frames.map((frame) => `\t${frame}\n`).join('')}\n`;

const foldedOf = ({ frames, stacks }: Profile) =>
  stacks.map((stack) => `${stack.frames.map((index) => frames[index]?.name).join(';')} ${stack.weight}`);

describe('weights of perf script', () => {
  it('are periods, whatever the event', () => {
    const profile = parsePerfScript(
      sample('a 1 1.500000:  990 cycles: ', '11e4 hot+0x1 (/srv/a)') +
        sample('a 1 1.600000:   10 cycles: ', '12e4 cold+0x1 (/srv/a)'),
    );
    expect(foldedOf(profile)).toEqual(['hot 990', 'cold 10']);
    expect(profile.stacks.map(({ samples }) => samples)).toEqual([1, 1]);
    expect(profile.meta).toMatchObject({ unit: 'events', kind: 'cpu', event: 'cycles' });
    expect(profile.meta.caveats).toContain(
      'Samples are weighted by their periods: the weight of a function is a count of cycles.',
    );
  });

  it.each([
    ['cpu-clock', 'cpu', 'nanoseconds'],
    ['cpu-clock:uhH', 'cpu', 'nanoseconds'],
    ['task-clock', 'cpu', 'nanoseconds'],
    ['software/cpu-clock/', 'cpu', 'nanoseconds'],
    ['cycles:ppp', 'cpu', 'events'],
    ['cpu_core/cycles/u', 'cpu', 'events'],
    ['cpu-cycles', 'cpu', 'events'],
    ['offcpu-time', 'off-cpu', 'nanoseconds'],
    ['instructions', 'other', 'events'],
    ['page-faults', 'other', 'events'],
    ['LLC-load-misses:u', 'other', 'events'],
    ['sched:sched_switch', 'other', 'events'],
  ])('%s is of kind %s, in %s', (event, kind, unit) => {
    const { meta } = parsePerfScript(sample(`a 1 1.500000: 7 ${event}: `, '11e4 main+0x1 (/srv/a)'));
    expect(meta).toMatchObject({ event, kind, unit });
  });

  it('CPU time of cycles that were taken at a rate: a sample is one interval, whatever it counted', () => {
    const header =
      '# event : name = cycles:P, , id = { 5 }, type = 0, { sample_period, sample_freq } = 100, freq = 1, exclude_guest = 1\n';
    const text =
      header + sample('a 1 1.5: 900 cycles:P: ', '1 a+0x1 (/a)') + sample('a 1 1.6: 300 cycles:P: ', '2 b (/a)');
    const { meta } = parsePerfScript(text);
    const load = { vus: 1, ratePerSec: 1, requests: 10, cpuUsPerRequest: null };
    // Two samples at 100 Hz are 20 ms.
    expect(cpuUsPerRequest(1200, { ...meta, load })).toBeCloseTo(2000);
    expect(cpuUsPerRequest(900, { ...meta, load })).toBeCloseTo(1500);
    const faults = parsePerfScript(text.replaceAll('cycles:P', 'page-faults'));
    expect(cpuUsPerRequest(1200, { ...faults.meta, load })).toBeNull();
  });

  it('are samples if one of them has no period', () => {
    const profile = parsePerfScript(
      sample('a 1 1.5: 900 cycles: ', '1 a+0x1 (/a)') + sample('a 1 1.6: cycles: ', '2 b (/a)'),
    );
    expect(foldedOf(profile)).toEqual(['a 1', 'b 1']);
    expect(profile.timeline?.weights).toEqual([1, 1]);
  });
});

describe('several events in one file', () => {
  const text =
    sample('a 1 1.500000:    1 page-faults: ', '11e4 touch+0x1 (/srv/a)') +
    sample('a 1 1.600000:  900 cycles:ppp: ', '12e4 spin+0x1 (/srv/a)') +
    sample('a 1 1.700000:  100 cycles:ppp: ', '11e4 touch+0x1 (/srv/a)');

  it('are profiles of their own; the first of CPU time is shown', () => {
    const set = parsePerfEvents(text);
    expect(set.profiles.map(({ meta }) => [meta.event, meta.kind])).toEqual([
      ['page-faults', 'other'],
      ['cycles:ppp', 'cpu'],
    ]);
    expect(foldedOf(chosenProfile(set))).toEqual(['spin 900', 'touch 100']);
    expect(chosenProfile(set).meta.caveats).toContain(
      'The file has other events, which are profiles of their own: page-faults (1 sample).',
    );
    for (const profile of set.profiles) expect(Profile.parse(profile)).toEqual(profile);
  });

  it('are chosen by name, with or without modifiers', () => {
    const set = parsePerfEvents(text);
    expect(findByEvent(set, 'page-faults')?.meta.event).toBe('page-faults');
    expect(findByEvent(set, 'cycles:ppp')?.meta.event).toBe('cycles:ppp');
    expect(findByEvent(set, 'cycles')?.meta.event).toBe('cycles:ppp');
    expect(findByEvent(set, 'instructions')).toBeNull();
    expect(listEvents(set)).toBe('page-faults (1 sample), cycles:ppp (2 samples)');
  });

  it('the first is shown if none measures CPU time', () => {
    const set = parsePerfEvents(text.replaceAll('cycles:ppp', 'instructions'));
    expect(chosenProfile(set).meta.event).toBe('page-faults');
  });

  it('rate and excluded kernel are those of the event', () => {
    const of = (name: string, freq: string, excluded: number) =>
      `# event : name = ${name}, , id = { 1, 2 }, type = 1, ${freq}, exclude_kernel = ${excluded}\n`;
    const header =
      of('cycles:ppp', '{ sample_period, sample_freq } = 499, freq = 1', 0) +
      of('page-faults', '{ sample_period, sample_freq } = 1', 1) +
      of('dummy:HG', '{ sample_period, sample_freq } = 1', 0);
    const { profiles } = parsePerfEvents(header + text);
    expect(profiles.map(({ meta }) => [meta.event, meta.rateHz, meta.kernel])).toEqual([
      ['page-faults', null, 'absent'],
      ['cycles:ppp', 499, 'named'],
    ]);
  });

  it('the headers of older perfs have the rate in the command', () => {
    const header =
      '# cmdline : /usr/bin/perf record -F 99 -a -g \n# event : name = cpu-clock, type = 1, config = 0x0, excl_usr = 0, excl_kern = 1\n';
    const { meta } = parsePerfScript(header + sample('a 1 1.5: cpu-clock: ', '1 main (/srv/a)'));
    expect(meta).toMatchObject({ rateHz: 99, unit: 'samples', kernel: 'absent', command: 'perf record -F 99 -a -g' });
  });

  it('what perf does not print is read from its header, if only one event was recorded', () => {
    const header = '# event : name = cpu-clock, , { sample_period, sample_freq } = 100, freq = 1\n';
    const { meta, stacks } = parsePerfScript(`${header}\ta 1 \n\t            11e4 main\n`);
    expect(meta).toMatchObject({ event: 'cpu-clock', unit: 'nanoseconds', rateHz: 100 });
    expect(stacks[0]?.weight).toBe(10_000_000);
  });
});

describe('threads and times', () => {
  const text =
    sample('nginx 10/10 1.500000: 5 cycles: ', '11e4 main+0x1 (/usr/sbin/nginx)') +
    sample('pool worker 3 20/21 1.250000: 7 cycles: ', '11e4 main+0x1 (/srv/app)') +
    sample('nginx 10/10 1.750000: 6 cycles: ', '11e4 main+0x1 (/usr/sbin/nginx)');

  it('are kept', () => {
    const profile = parsePerfScript(text);
    expect(profile.threads).toEqual([
      { comm: 'nginx', pid: 10, tid: 10 },
      { comm: 'pool worker 3', pid: 20, tid: 21 },
    ]);
    expect(profile.stacks.map(({ thread, samples, weight }) => [thread, samples, weight])).toEqual([
      [0, 2, 11],
      [1, 1, 7],
    ]);
    expect(profile.timeline).toEqual({ atUs: [0, 250_000, 500_000], stacks: [1, 0, 0], weights: [7, 5, 6] });
    expect(profile.meta.durationS).toBe(0.5);
  });

  it('two programs with a main stay apart', () => {
    expect(foldedOf(groupBy(parsePerfScript(text), 'comm'))).toEqual(['nginx;main 11', 'pool worker 3;main 7']);
    expect(foldedOf(groupBy(parsePerfScript(text), 'tid'))).toEqual([
      'nginx-10/10;main 11',
      'pool worker 3-20/21;main 7',
    ]);
  });

  it('nanoseconds are read too', () => {
    const at = (time: string) => sample(`a 1 ${time}: 5 cycles: `, '11e4 main+0x1 (/srv/a)');
    expect(parsePerfScript(at('7.000000001') + at('7.000001501')).timeline?.atUs).toEqual([0, expect.closeTo(1.5, 2)]);
  });

  it.each([
    [
      'comm, pid, tid, cpu, flags and time',
      'a b 3  7/8   [001] d..1. 5.500000:       10 cycles: ',
      ['a b 3', 7, 8, 10],
    ],
    ['misc flags', 'a    8 [000] KE   5.500000:       10 cycles: ', ['a', null, 8, 10]],
    ['comm and time of day', 'a    8 2026-11-29 10:00:00.123456 5.500000:       10 cycles: ', ['a', null, 8, 10]],
    ['relative time', 'a    8 [    0.000012]:       10 cycles: ', ['a', null, 8, 10]],
    ['tid and time', '      8 5.500000:       10 cycles: ', [null, null, 8, 10]],
    ['pid and tid', '      7/8       5.500000:       10 cycles: ', [null, 7, 8, 10]],
    ['comm and period', 'a         10 cycles: ', ['a', null, null, 10]],
    ['period only', '        10 cycles: ', [undefined, null, null, 10]],
    ['comm and tid', 'a       8 cycles: ', ['a', null, 8, null]],
    ['comm, tid and period', 'a       8         10 cycles: ', ['a', null, 8, 10]],
    ['time', '5.500000:       10 cycles: ', [undefined, null, null, 10]],
    ['a command that is a number of hexadecimal digits', 'dd    8 5.500000:   10 cycles: ', ['dd', null, 8, 10]],
    ['a thread that perf has no name for', ':8     8 5.500000:     10 cycles: ', [':8', null, 8, 10]],
    ['the idle thread', 'swapper     0 [003] 5.500000:    10 cycles: ', ['swapper', null, 0, 10]],
  ])('%s', (_, head, [comm, pid, tid, period]) => {
    const { threads, stacks, meta } = parsePerfScript(sample(head as string, '11e4 main+0x1 (/srv/a)'));
    expect(threads).toEqual(comm === undefined ? [] : [{ comm, pid, tid }]);
    expect(stacks[0]?.weight).toBe(period ?? 1);
    expect(meta.event).toBe('cycles');
  });

  it('any command is read as it is', () => {
    const comm = fc
      .stringMatching(/^[\w#:][\w ()/.:#-]{0,14}$/)
      .map((text) => text.trim())
      .filter((text) => text !== '' && !/^[\d#]|\s-?\d+(\/|\s|$)|\d\.\d+:|:$|: /.test(text));
    fc.assert(
      fc.property(
        comm,
        fc.nat(4_194_304),
        fc.nat(4_194_304),
        fc.integer({ min: 1, max: 2 ** 40 }),
        (name, pid, tid, period) => {
          const ids = `${String(pid).padStart(7)}/${String(tid).padEnd(7)}`;
          const head = `${name} ${ids} [001] 11338.330630: ${String(period).padStart(10)} cpu-clock:u: `;
          const { threads, stacks } = parsePerfScript(sample(head, '11e4 main+0x1 (/srv/a)'));
          expect(threads).toEqual([{ comm: name, pid, tid }]);
          expect(stacks[0]?.weight).toBe(period);
        },
      ),
    );
  });
});

describe('kernel frames', () => {
  it.each([
    ['414b3b fsnotify (/lib/modules/4.1.0-virtual/build/vmlinux)', 'fsnotify', '[kernel]'],
    ['414b3b fsnotify (/usr/lib/debug/boot/vmlinux-5.4.14-cloudflare-2020.1.11)', 'fsnotify', '[kernel]'],
    ['414b3b fsnotify (vmlinux)', 'fsnotify', '[kernel]'],
    ['414b3b [unknown] (/usr/lib/debug/boot/vmlinux-6.1.0)', '[unknown]', '[kernel]'],
    ['414b3b fsnotify ([kernel.kallsyms])', 'fsnotify', '[kernel]'],
    ['414b3b start_kernel ([kernel.kallsyms].init.text)', 'start_kernel', '[kernel]'],
    ['414b3b fsnotify ([guest.kernel.kallsyms])', 'fsnotify', '[kernel]'],
    ['414b3b fsnotify ([guest.kernel.kallsyms.4711])', 'fsnotify', '[kernel]'],
    ['414b3b fsnotify (/proc/kcore)', 'fsnotify', '[kernel]'],
    ['7d8 ipv4_conntrack_local+0x7f8f80b8 ([nf_conntrack_ipv4])', 'ipv4_conntrack_local', '[nf_conntrack_ipv4]'],
    [
      '7d8 mlx5e_xdp_handle+0xa9 (/lib/modules/6.1.0/kernel/drivers/net/mlx5-core.ko)',
      'mlx5e_xdp_handle',
      '[mlx5_core]',
    ],
    ['7d8 nft_do_chain (/lib/modules/6.1.0/kernel/net/nf_tables.ko.xz)', 'nft_do_chain', '[nf_tables]'],
  ])('%s', (line, name, module) => {
    const { frames, meta } = parsePerfScript(sample('a 1 1.5: 1 cycles: ', line));
    expect(frames).toEqual([{ name, file: null, line: null, module, kind: 'kernel' }]);
    expect(meta.kernel).toBe(name === '[unknown]' ? 'addresses' : 'named');
  });

  it.each([
    ['7ffc12 main+0x4 ([vdso])', '[vdso]'],
    ['7ffc12 main ([stack])', '[stack]'],
    ['7ffc12 main (/opt/vmlinux-tools/bin/pack)', '/opt/vmlinux-tools/bin/pack'],
    ['7ffc12 main (/srv/app.koala)', '/srv/app.koala'],
    ['fffd8118e8240489 main ([anon:dalvik])', '[anon:dalvik]'],
  ])('not %s', (line, module) => {
    const { frames } = parsePerfScript(sample('a 1 1.5: 1 cycles: ', line));
    expect(frames).toEqual([{ name: 'main', file: null, line: null, module, kind: 'native' }]);
  });
});

describe('functions that a JIT compiler inlined', () => {
  const javaText = sample(
    'java 1 1.5: 3 cycles: ',
    '7f89cc467bf0 Ljava/io/PrintStream;::println->Ljava/io/PrintStream;::print->Ljava/io/PrintStream;::write+0x0 (/tmp/perf-10487.map)',
    '7f89cc46a890 LCounter;::countTo+0x50 (/tmp/perf-10487.map)',
  );

  it('are frames of their own, in Java', () => {
    const profile = parsePerfScript(javaText);
    expect(foldedOf(profile)).toEqual([
      'Counter.countTo;java.io.PrintStream.println;java.io.PrintStream.print;java.io.PrintStream.write 3',
    ]);
    expect(profile.frames.filter(({ kind }) => kind === 'inlined')).toHaveLength(2);
  });

  it('an operator in C++ is not one', () => {
    const text = sample('a 1 1.5: 3 cycles: ', '55d1 std::unique_ptr<a>::operator->() const+0x4 (/srv/a)');
    expect(totalsByName(parsePerfScript(text)).has('std::unique_ptr<a>::operator->() const')).toBe(true);
    expect(totalWeight(parsePerfScript(text))).toBe(3);
  });
});
