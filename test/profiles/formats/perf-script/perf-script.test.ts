import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Profile } from '../../../../src/model/profile.js';
import { PerfScriptParser } from '../../../../src/profiles/formats/perf-script/perf-script.js';
import type { SymbolResolver } from '../../../../src/profiles/symbols/binary-symbols.js';
import { parsePerfScript } from '../../../support/perf-script.js';
import { totalsByName, totalWeight } from '../../../support/stack-totals.js';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/profiles/perf/${name}.txt`, import.meta.url), 'utf8');

function parse(text: string, resolve: SymbolResolver | null = null): Profile {
  return parsePerfScript(text, { resolve });
}

/** Stacks as text, root first, with what the frames are. */
function stacksOf({ frames, stacks }: Profile): string[] {
  return stacks.map(({ frames: stack }) =>
    stack.map((index) => `${frames[index]?.name} ${frames[index]?.kind} ${frames[index]?.module}`).join(' > '),
  );
}

function samplesOf({ stacks }: Profile): number {
  return stacks.reduce((sum, { samples }) => sum + samples, 0);
}

const named = (profile: Profile, name: string) => profile.frames.find((frame) => frame.name === name);

describe('perf script of real programs', () => {
  it.each([
    'nginx-dwarf',
    'bifrost-go',
    'portkey-node',
    'litellm-python-3.11-dwarf',
    'spin-python-3.12-dwarf',
    'spin-go-stripped',
    'spin-c-user-only',
  ])('%s: every sample counts, and the profile is one', (name) => {
    const text = fixture(name);
    const profile = parse(text);
    expect(Profile.parse(profile)).toEqual(profile);
    const headers = text.match(/^\S.*cpu-clock(?::u)?: $/gm)?.length;
    expect(samplesOf(profile)).toBe(headers);
    expect(profile.meta).toMatchObject({
      tool: 'perf 6.1.187',
      unit: 'nanoseconds',
      command: expect.stringMatching(/^perf record -e cpu-clock/),
      durationS: expect.any(Number),
      rateHz: expect.any(Number),
    });
    // The period is the time since the last sample.
    expect(totalWeight(profile)).toBeCloseTo((samplesOf(profile) * 1e9) / (profile.meta.rateHz ?? 0), -5);
  });

  it('nginx: C, the kernel, and what was stripped', () => {
    const profile = parse(fixture('nginx-dwarf'));
    expect(stacksOf(profile)[0]).toBe(
      '_start native /srv/gateways/nginx/usr/sbin/nginx > __libc_start_main_impl native null > ' +
        '__libc_start_call_main native /usr/lib/x86_64-linux-gnu/libc.so.6 > main native /srv/gateways/nginx/usr/sbin/nginx > ' +
        'ngx_master_process_cycle native /srv/gateways/nginx/usr/sbin/nginx > [unknown] unknown /srv/gateways/nginx/usr/sbin/nginx > ' +
        'ngx_spawn_process native /srv/gateways/nginx/usr/sbin/nginx > [unknown] unknown /srv/gateways/nginx/usr/sbin/nginx > ' +
        'ngx_process_events_and_timers native /srv/gateways/nginx/usr/sbin/nginx > [unknown] unknown /srv/gateways/nginx/usr/sbin/nginx > ' +
        '[unknown] unknown /srv/gateways/nginx/usr/sbin/nginx > ngx_http_finalize_request native /srv/gateways/nginx/usr/sbin/nginx',
    );
    expect(named(profile, 'tcp_ack')).toMatchObject({ kind: 'kernel', module: '[kernel]' });
    expect(profile.meta.kernel).toBe('named');
    expect(profile.meta.caveats.join('\n')).toMatch(/14 % of the time .* without a name: 14 % in .*nginx/);
  });

  it('Bifrost: Go functions have their package for a module', () => {
    const profile = parse(fixture('bifrost-go'));
    expect(named(profile, 'runtime.goexit')).toMatchObject({ kind: 'go', module: 'runtime' });
    expect(named(profile, 'runtime.(*mspan).init')).toMatchObject({ kind: 'go', module: 'runtime' });
    expect(named(profile, 'github.com/maximhq/bifrost/core.(*Bifrost).requestWorker')).toMatchObject({
      kind: 'go',
      module: 'github.com/maximhq/bifrost/core',
    });
    expect(profile.frames.filter(({ name }) => /\.abi|go\.shape/.test(name))).toEqual([]);
    expect(profile.frames.filter(({ kind, module }) => kind === 'native' && module?.includes('bifrost-http'))).toEqual(
      [],
    );
  });

  it('Portkey: JavaScript by name, file and line, whichever tier, and V8 itself', () => {
    const profile = parse(fixture('portkey-node'));
    const search = named(profile, 'search');
    expect(search).toEqual({
      name: 'search',
      file: '/srv/gateways/portkey/node_modules/hono/dist/router/trie-router/node.js',
      line: 51,
      module: 'hono',
      kind: 'javascript',
    });
    expect(named(profile, 'parserOnIncoming')).toMatchObject({ file: 'node:_http_server', line: 1026, module: 'node' });
    expect(named(profile, 'Builtins_LoadIC_Megamorphic')).toMatchObject({
      kind: 'javascript',
      module: '/usr/bin/node',
    });
    expect(named(profile, 'v8::internal::(anonymous namespace)::Invoke')).toMatchObject({
      kind: 'native',
      module: '/usr/bin/node',
    });
    expect(
      named(
        profile,
        'node::(anonymous namespace)::Parser::Proxy<int (node::(anonymous namespace)::Parser::*)(), &node::(anonymous namespace)::Parser::on_headers_complete>::Raw',
      ),
    ).toBeDefined();
    expect(profile.frames.filter(({ name }) => /^(JS:|[*^~])/.test(name))).toEqual([]);
    expect(profile.frames.filter(({ module }) => module?.includes('perf-'))).toEqual([]);
    expect(profile.meta.caveats.join('\n')).toMatch(/JavaScript's own time .* optimised/);
  });

  it('LiteLLM: inlined functions are in the binary of the function that holds them', () => {
    const profile = parse(fixture('litellm-python-3.11-dwarf'));
    const python = '/srv/python/3.11.7/lib/libpython3.11.so.1.0';
    expect(named(profile, 'gen_send_ex2')).toMatchObject({ kind: 'inlined', module: python });
    expect(named(profile, 'PyGen_am_send')).toMatchObject({ kind: 'native', module: python });
    expect(profile.meta.caveats.join('\n')).toMatch(/Python functions have no names/);
  });

  it('Python with -X perf: functions by name and file, in their shares', () => {
    const profile = parse(fixture('spin-python-3.12-dwarf'));
    expect(named(profile, 'alpha')).toEqual({
      name: 'alpha',
      file: '/srv/spin.py',
      line: null,
      module: null,
      kind: 'python',
    });
    const total = totalWeight(profile);
    // Eighty samples of a program that spends 50, 30 and 20 %: three standard deviations are 17 points at most.
    expect(Math.abs((totalsByName(profile).get('alpha')?.total ?? 0) / total - 0.5)).toBeLessThan(0.17);
    expect(profile.meta.caveats.join('\n')).toMatch(/Callers of Python functions are missing/);
  });

  it('a stripped Go program: a resolver is asked for file offsets, and names what it knows', () => {
    const asked = new Set<string>();
    const profile = parse(fixture('spin-go-stripped'), (module, fileOffset) => {
      asked.add(`${module} ${fileOffset.toString(16)}`);
      if (fileOffset === 0x53655) return { name: 'runtime.main', file: '/usr/lib/go/proc.go', line: 147, kind: 'go' };
      return fileOffset === 0x91221 ? { name: 'runtime.goexit.abi0', file: null, line: null, kind: 'go' } : null;
    });
    expect(asked).toContain('/srv/spingo-stripped 53655');
    expect(stacksOf(profile)).toContain(
      'runtime.goexit go runtime > runtime.main go runtime > [unknown] unknown /srv/spingo-stripped',
    );
    expect(named(profile, 'runtime.main')).toMatchObject({ file: '/usr/lib/go/proc.go', line: 147 });
    expect(stacksOf(parse(fixture('spin-go-stripped')))[0]).toMatch(
      /^(\[unknown\] unknown \/srv\/spingo-stripped( > )?)+$/,
    );
  });

  it('what an ordinary user may see has no kernel frames, and says so', () => {
    const { meta } = parse(fixture('spin-c-user-only'));
    expect(meta).toMatchObject({ event: 'cpu-clock:u', kernel: 'absent' });
    expect(meta.caveats.join('\n')).toMatch(/Kernel frames are missing/);
  });

  it('the text may be cut anywhere', () => {
    const text = fixture('spin-go-stripped') + fixture('nginx-dwarf');
    const whole = parse(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 40 }), (cuts) => {
        const parser = new PerfScriptParser();
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (let i = 1; i < places.length; i++) parser.feed(text.slice(places[i - 1], places[i]));
        expect(parser.end().profiles).toEqual([whole]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the forms of perf script', () => {
  const sample = (head: string, ...frames: string[]) => `${head}\n${frames.map((frame) => `\t${frame}\n`).join('')}\n`;

  it.each([
    ['a command with spaces', 'pool worker 3  2763 11338.330630:   10101010 cpu-clock: '],
    ['pid and tid', 'node  2763/2770 11338.330630:   10101010 cpu-clock: '],
    ['the processor', 'node  2763/2770 [001] 11338.330630:   10101010 cpu-clock: '],
    ['flags', 'node  2763/2770 [001] d..1. 11338.330630:   10101010 cpu-clock: '],
    ['indented, as older versions do', '            node  2763 [001] 11338.330630:   10101010 cpu-clock:'],
    ['no time', 'node  2763   10101010 cpu-clock: '],
  ])('%s', (_, head) => {
    const profile = parse(sample(head, '  11e4 alpha+0x16 (/srv/spin)'));
    expect(profile.stacks).toEqual([{ frames: [0], samples: 1, weight: 10_101_010, thread: 0 }]);
    expect(profile.meta).toMatchObject({ event: 'cpu-clock', unit: 'nanoseconds' });
  });

  it('samples where the period is not printed, or always 0', () => {
    const bare = parse(sample('node 1 1.500000: cpu-clock: ', ' 1 main+0x1 (/srv/a)'));
    expect(bare.meta.unit).toBe('samples');
    expect(bare.meta.caveats.join('\n')).toMatch(/no periods: every sample counts as one/);
    const zero = parse(sample('node 1 1.500000: 0 cycles: ', ' 1 main+0x1 (/srv/a)'));
    expect(zero.meta.unit).toBe('samples');
    expect(totalWeight(zero)).toBe(1);
    const header = '# event : name = cpu-clock, , { sample_period, sample_freq } = 100, freq = 1, exclude_kernel = 1\n';
    const withRate = parse(header + sample('node 1 1.500000: cpu-clock: ', ' 1 main+0x1 (/srv/a)'));
    expect(withRate.meta).toMatchObject({ unit: 'nanoseconds', rateHz: 100, kernel: 'absent' });
    expect(totalWeight(withRate)).toBe(10_000_000);
  });

  it('samples without a call chain', () => {
    const profile = parse(
      'spin 7 1.500000: 10 cpu-clock:     55d1e4 alpha+0x16 (/srv/spin)\nspin 7 1.600000: 10 cpu-clock: \n\n',
    );
    expect(stacksOf(profile)).toEqual(['alpha native /srv/spin', '[unknown] unknown null']);
    expect(totalWeight(profile)).toBe(20);
  });

  it.each([
    ['7f 1 operator new(unsigned long)+0x1b (/usr/lib/libstdc++.so.6)', null],
    [
      '7f1 operator new(unsigned long)+0x1b (/usr/lib/libstdc++.so.6)',
      'operator new(unsigned long) native /usr/lib/libstdc++.so.6',
    ],
    ['7f1 main+0x1 (/srv/my app (copy)/spin)', 'main native /srv/my app (copy)/spin'],
    ['7f1 main+0x1 (/srv/spin (deleted))', 'main native /srv/spin'],
    ['7f1 [unknown] (/srv/spin (deleted))', '[unknown] unknown /srv/spin'],
    ['7f1 [unknown] ([heap])', '[unknown] unknown [jit]'],
    ['7f1 [unknown] ([[heap]])', '[unknown] unknown [jit]'],
    ['7f1 __vdso_clock_gettime+0x4 ([vdso])', '__vdso_clock_gettime native [vdso]'],
    ['7f1 main', 'main native null'],
    ['7f1 foo() const', 'foo() const native null'],
    ['ffffffff82201234 [unknown] ([kernel.kallsyms])', '[unknown] kernel [kernel]'],
    ['ffffffff82201234 [unknown] ([unknown])', '[unknown] kernel [kernel]'],
    ['ffffffffc0201234 nft_do_chain+0x12 ([nf_tables])', 'nft_do_chain kernel [nf_tables]'],
    [
      'ffffffffc0001234 bpf_prog_6deef7357e7b4530+0x4 (bpf_prog_6deef7357e7b4530)',
      'bpf_prog_6deef7357e7b4530 kernel bpf_prog_6deef7357e7b4530',
    ],
    ['7f1 RegExp:^a (b)+$+0x4 (/tmp/perf-4001.map)', 'RegExp:^a (b)+$ javascript [jit]'],
    ['7f1 py::module_::import(char const*)+0x4 (/srv/ext.so)', 'py::module_::import(char const*) native /srv/ext.so'],
    ['7f1 Function:call+0x4 (/srv/ext.so)', 'Function:call native /srv/ext.so'],
    [
      '7f1 int java.lang.String.indexOf(int, int)+0x4 (/tmp/perf-4001.map)',
      'java.lang.String.indexOf(int, int) java java.lang',
    ],
    ['7f1 StubRoutines (1)+0x4 (/tmp/perf-4001.map)', 'StubRoutines (1) native [jit]'],
    ['7f1 int app::Router.find(int)+0x4 (/srv/ext.so)', 'int app::Router.find(int) native /srv/ext.so'],
    ['7f1 lua::exec:/srv/router.lua:12+0x4 (/tmp/perf-4001.map)', 'exec lua null'],
    ['7f1 lj_BC_ADDVV+0x4 (/usr/lib/libluajit-5.1.so.2)', 'lj_BC_ADDVV native /usr/lib/libluajit-5.1.so.2'],
  ])('the frame %s', (line, expected) => {
    const text = sample('a 1 1.500000: 10 cpu-clock: ', line);
    expect(stacksOf(parse(text))).toEqual([expected ?? '1 operator new(unsigned long) native /usr/lib/libstdc++.so.6']);
  });

  it('drops what ends a chain of frame pointers and is no code', () => {
    const text =
      sample('a 1 1.500000: 10 cpu-clock: ', '11e4 alpha+0x16 (/srv/spin)', '1 [unknown] ([unknown])') +
      sample('a 1 1.600000: 10 cpu-clock: ', '11e4 alpha+0x17 (/srv/spin)', 'ffffffffffffffff [unknown] ([unknown])') +
      sample('a 1 1.700000: 10 cpu-clock: ', '11e4 alpha+0x18 (/srv/spin)', '7f0012345678 [unknown] ([unknown])');
    expect(stacksOf(parse(text))).toEqual([
      'alpha native /srv/spin',
      '[unknown] unknown null > alpha native /srv/spin',
    ]);
  });

  it('inlined functions of the kernel are the kernel', () => {
    const address = 'ffffffff82201234';
    const text = sample(
      'a 1 1.500000: 10 cpu-clock: ',
      `${address} __skb_put+0x1 (inlined)`,
      `${address} tcp_ack+0x4 ([kernel.kallsyms])`,
    );
    expect(stacksOf(parse(text))).toEqual(['tcp_ack kernel [kernel] > __skb_put kernel [kernel]']);
  });

  it('marks Go only where its runtime was seen, and C within it as C', () => {
    const go = sample(
      'a 1 1.500000: 10 cpu-clock: ',
      '1 sqlite3_step+0x1 (/srv/go)',
      '2 main.(*T).Run+0x1 (/srv/go)',
      '3 runtime.goexit.abi0+0x1 (/srv/go)',
    );
    const java = sample('a 1 1.600000: 10 cpu-clock: ', '2 main.(*T).Run+0x1 (/srv/other)');
    expect(stacksOf(parse(go + java))).toEqual([
      'runtime.goexit go runtime > main.(*T).Run go main > sqlite3_step native /srv/go',
      'main.(*T).Run native /srv/other',
    ]);
  });

  it('adds up what perf says it lost', () => {
    const text =
      'spin 1 1.400000: PERF_RECORD_LOST lost 18\n' +
      sample('a 1 1.500000: 10 cpu-clock: ', '1 main+0x1 (/srv/a)') +
      'spin 1 1.700000: PERF_RECORD_LOST lost 2\n';
    expect(parse(text).meta.lost).toBe(20);
    expect(parse(sample('a 1 1.500000: 10 cpu-clock: ', '1 main+0x1 (/srv/a)')).meta.lost).toBeNull();
  });

  it('says when kernel names are hidden, Lua is only seen from C, and stacks were cut off', () => {
    const deep = Array.from({ length: 127 }, (_, i) => `${(i + 16).toString(16)} f${i}+0x1 (/srv/a)`);
    const text =
      sample(
        'a 1 1.500000: 10 cpu-clock: ',
        'ffffffff82201234 [unknown] ([kernel.kallsyms])',
        'e4 lj_vm_call+0x16 (/srv/kong)',
      ) + sample('a 1 1.600000: 10 cpu-clock: ', ...deep);
    const { kernel, caveats } = parse(text).meta;
    expect(kernel).toBe('addresses');
    expect(caveats.join('\n')).toMatch(/Kernel functions have no names/);
    expect(caveats.join('\n')).toMatch(/Only the C side of Lua/);
    expect(caveats.join('\n')).toMatch(/50 % of the stacks are at least 127 frames deep/);
  });

  it('names the first line that perf did not write, if there is nothing else', () => {
    expect(() => parse('# a header\nhello world\n')).toThrow(
      'line 2: not a line of perf script: "hello world"; expected the output of perf script',
    );
    expect(() => parse('a 1 1.500000: 10 cpu-clock: \nx\n\ny\nz\n')).toThrow(
      'line 2: not a line of perf script: "x", the first of 3 such lines; expected the output of perf script',
    );
    expect(() => parse('')).toThrow(/no samples/);
    expect(() => parse('# only a header\n')).toThrow(/no samples/);
  });
});
