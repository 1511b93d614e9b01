import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../../src/model/profile.js';
import { FormatError } from '../../../../src/profiles/format-error.js';
import { detectFormat } from '../../../../src/profiles/formats/formats.js';
import { parsePerfScript } from '../../../support/perf-script.js';

const foldedOf = ({ frames, stacks }: Profile) =>
  stacks.map((stack) => `${stack.frames.map((index) => frames[index]?.name).join(';')} ${stack.weight}`);

/** Two samples: `main;alpha` with a period of 7, `main;beta` with 3. */
const PLAIN = [
  'spin  2763 11338.330630:          7 cycles: ',
  '\t            11e4 alpha+0x16 (/srv/spin)',
  '\t            1290 main+0x30 (/srv/spin)',
  '',
  'spin  2763 11338.340630:          3 cycles: ',
  '\t            11f4 beta+0x6 (/srv/spin)',
  '\t            1290 main+0x30 (/srv/spin)',
  '',
];
const FOLDED = ['main;alpha 7', 'main;beta 3'];
const UNWEIGHTED = ['main;alpha 1', 'main;beta 1'];
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const withHead = (head: string) => text(PLAIN.map((line) => (line.startsWith('spin') ? head : line)));
const afterFrames = (more: (line: string) => string[]) =>
  text(PLAIN.flatMap((line) => (line.startsWith('\t') ? [line, ...more(line)] : [line])));
/** What perf prints after a stack takes the place of the blank line. */
const insteadOfBlank = (line: string) => text(PLAIN.map((one) => (one === '' ? line : one)));

const FORMS: [string, string, string[]][] = [
  ['by default', text(PLAIN), FOLDED],
  ['-F comm,ip,sym,dso', withHead('spin '), UNWEIGHTED],
  ['-F comm,tid,ip,sym', withHead('spin  2763 ').replaceAll(' (/srv/spin)', ''), UNWEIGHTED],
  ['-F ip,sym', withHead('').replaceAll(' (/srv/spin)', ''), UNWEIGHTED],
  ['-F event,ip,sym', withHead('cycles: ').replaceAll(' (/srv/spin)', ''), UNWEIGHTED],
  ['-F comm,pid,tid,cpu,ip,sym,dso', withHead('spin    2763/2763    [001] '), UNWEIGHTED],
  ['-F comm,time,ip,sym,dso', withHead('spin 11338.330630: '), UNWEIGHTED],
  ['-F +srcline', afterFrames(() => ['  spin.c:12']), FOLDED],
  ['-F +srcline --full-source-path', afterFrames(() => ['  /home/user/my spin/spin.c:12']), FOLDED],
  ['-F +srcline without debug information', afterFrames(() => ['  spin[11e4]']), FOLDED],
  ['-F +insn', insteadOfBlank(' insn: 48 83 45 f8 01'), FOLDED],
  ['-F +insn,+insnlen', insteadOfBlank(' ilen: 5 insn: 48 83 45 f8 01'), FOLDED],
  ['-F +uregs', insteadOfBlank(' ABI:2    AX:0x0    BX:0x7ffe'), FOLDED],
  ['-F +brstack', insteadOfBlank(' 0x11e4/0x1290/P/-/-/0 0x1290/0x11e4/P/-/-/1 '), FOLDED],
  ['-F +brstacksym', insteadOfBlank(' main+0x30/alpha+0x0/P/-/-/0  alpha+0x16/main+0x30/M/-/-/1 '), FOLDED],
  ['-F +dsoff', text(PLAIN).replaceAll('(/srv/spin)', '(/srv/spin+0x11e4)'), FOLDED],
  ['-F -symoff', text(PLAIN).replaceAll(/\+0x[0-9a-f]+/g, ''), FOLDED],
  ['unindented frames', text(PLAIN).replaceAll(/^\t */gm, ''), FOLDED],
  ['frames indented with spaces', text(PLAIN).replaceAll('\t', '        '), FOLDED],
  [
    'a blank line after the first',
    text(PLAIN.flatMap((line) => (line.startsWith('spin') ? [line, ''] : [line]))),
    FOLDED,
  ],
  ['CRLF', text(PLAIN).replaceAll('\n', '\r\n'), FOLDED],
  ['no blank line at the end', text(PLAIN.slice(0, -1)), FOLDED],
  ['no line break at the end', PLAIN.slice(0, -1).join('\n'), FOLDED],
  ['a mark of byte order', `\uFEFF${text(PLAIN)}`, FOLDED],
  [
    '--show-mmap-events',
    text([
      'spin  2763     0.000000: PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x1000) @ 0xffffffff81000000]: x [kernel.kallsyms]_text',
      'spin  2763 11338.320000: PERF_RECORD_MMAP2 2763/2763: [0x5581(0x1000) @ 0x1000 08:01 77 0]: r-xp /srv/spin',
      ...PLAIN,
      'spin  2763 11338.350000: PERF_RECORD_MMAP2 2763/2763: [0x5581(0x1000) @ 0x1000 08:01 77 0]: r-xp /srv/lib.so',
    ]),
    FOLDED,
  ],
  [
    '--show-task-events and --show-switch-events',
    text([
      'spin  2763 11338.320000: PERF_RECORD_COMM exec: spin:2763/2763',
      'spin  2763 11338.320000: PERF_RECORD_FORK(2763:2763):(1:1)',
      ...PLAIN.flatMap((line) =>
        line === ''
          ? [line, 'spin  2763 11338.350000: PERF_RECORD_SWITCH OUT          next pid/tid:     0/0    ']
          : [line],
      ),
    ]),
    FOLDED,
  ],
  [
    '--show-namespace-events',
    text([
      'spin  2763 11338.320000: PERF_RECORD_NAMESPACES 2763/2763 - nr_namespaces: 2',
      '\t\t[0/net: 4/0xf0000075, 1/uts: 4/0xeffffffe',
      '\t\t 2/ipc: 4/0xefffffff]',
      ...PLAIN,
    ]),
    FOLDED,
  ],
  [
    '-D',
    text([
      '0x1f0 [0x78]: event: 9',
      '.',
      '. ... raw event: size 120 bytes',
      '.  0000:  45 00 00 00 00 00 30 00 dd 00 00 00 11 e4 00 00  E.....0.........',
      '.',
      '1 11338330630123 0x1f0 [0x78]: PERF_RECORD_SAMPLE(IP, 0x2): 2763/2763: 0x11e4 period: 7 addr: 0',
      '... FP chain: nr:3',
      '.....  0: fffffffffffffe00',
      '.....  1: 00000000000011e4',
      ' ... thread: spin:2763',
      ' ...... dso: /srv/spin',
      ...PLAIN,
    ]),
    FOLDED,
  ],
];

describe('all forms of perf script', () => {
  it.each(FORMS)('%s', (_, form, expected) => {
    const profile = parsePerfScript(form);
    expect(foldedOf(profile)).toEqual(expected);
    expect(profile.meta.caveats.filter((caveat) => /not understood|cut off/.test(caveat))).toEqual([]);
    expect(profile.frames.map(({ module }) => module)).toEqual(
      profile.frames.map(() => (form.includes('(/srv/spin') ? '/srv/spin' : null)),
    );
    expect(detectFormat(Buffer.from(form), 'any')?.name).toBe('perf-script');
    expect(parsePerfScript(form.replaceAll(/\r?\n/g, '\r\n'))).toEqual(profile);
  });

  it.each([
    ['with all', '            spin  2763 11338.330630:          7 cycles:              11e4 alpha+0x16 (/srv/spin)', 7],
    ['-F comm,ip,sym,dso', '            spin              11e4 alpha (/srv/spin)', 1],
    ['-F comm,tid,ip,sym', '            spin    2763              11e4 alpha', 1],
    ['-F ip,sym,dso', '             11e4 alpha (/srv/spin)', 1],
    ['-F event,ip,sym', ' cycles:              11e4 alpha', 1],
    ['-F period,event,ip,sym', '         7 cycles:              11e4 alpha', 7],
  ])('without call graphs: %s', (_, line, weight) => {
    const profile = parsePerfScript(text([line, line.replace('alpha', 'beta'), line]));
    expect(foldedOf(profile)).toEqual([`alpha ${2 * weight}`, `beta ${weight}`]);
    expect(detectFormat(Buffer.from(text([line, line, line, line])), 'any')?.name).toBe('perf-script');
  });

  it('with source lines the mark of an inlined function is on its source line', () => {
    const profile = parsePerfScript(
      text([
        'spin  2763 11338.330630:          7 cycles: ',
        '\t            11e4 alpha+0x16',
        '  spin.c:12 (inlined)',
        '\t            11e4 main+0x30 (/srv/spin)',
        '  spin.c:40',
        '',
      ]),
    );
    expect(foldedOf(profile)).toEqual(['main;alpha 7']);
    expect(profile.frames.map(({ name, kind, module }) => `${name} ${kind} ${module}`).toSorted()).toEqual([
      'alpha inlined /srv/spin',
      'main native /srv/spin',
    ]);
  });

  it('without symbols a frame is an unknown one of its module', () => {
    const profile = parsePerfScript(text(PLAIN).replaceAll(/ (alpha|beta|main)\+0x\w+/g, ''));
    expect(foldedOf(profile)).toEqual(['[unknown];[unknown] 10']);
    expect(profile.frames[0]?.module).toBe('/srv/spin');
  });

  it('samples whose stack perf could not walk count too', () => {
    const lines = text(['spin  2763 11338.320000:          5 cycles: ', '', ...PLAIN]);
    expect(foldedOf(parsePerfScript(lines))).toEqual(['[unknown] 5', ...FOLDED]);
    const bare = text([...PLAIN, 'spin  2763 ', '']).replaceAll(/11338.*cycles: /g, '');
    expect(foldedOf(parsePerfScript(bare))).toEqual([...UNWEIGHTED, '[unknown] 1']);
  });
});

describe('lines that are not understood', () => {
  const caveat = (profile: Profile) => profile.meta.caveats.find((one) => one.includes('not understood'));

  it.each([
    ['before the first sample', ['Warning: something', ...PLAIN], 1, 'Warning: something', FOLDED],
    ['within a stack', [...PLAIN.slice(0, 2), '\tTHIS_IS_WEIRD', ...PLAIN.slice(2)], 3, '\\tTHIS_IS_WEIRD', FOLDED],
    [
      'between samples',
      [...PLAIN.slice(0, 4), 'Processed 12 events', ...PLAIN.slice(4)],
      5,
      'Processed 12 events',
      FOLDED,
    ],
    ['a stack without its sample', ['x', ...PLAIN.slice(0, 4), ...PLAIN.slice(6)], 1, 'x', ['main;alpha 7']],
  ])('%s: is left out, counted and named', (_, lines, first, odd, expected) => {
    const profile = parsePerfScript(text(lines));
    expect(foldedOf(profile)).toEqual(expected);
    const count = odd === 'x' ? 2 : 1;
    const all = lines.filter((line) => line !== '').length;
    expect(caveat(profile)).toBe(`${count} of ${all} lines not understood; first: line ${first}, "${odd}".`);
  });

  it('are counted with thousands apart', () => {
    const many = Array.from({ length: 2_006 }, () => PLAIN).flat();
    const profile = parsePerfScript(text([...many.slice(0, 210), 'odd', ...many.slice(210), 'odd', 'odd']));
    expect(caveat(profile)).toBe('3 of 12,039 lines not understood; first: line 211, "odd".');
  });

  it('refuse the file only if they are most of it', () => {
    const lines = (odd: number) => text([...PLAIN, ...Array.from({ length: odd }, () => 'nonsense here')]);
    expect(caveat(parsePerfScript(lines(6)))).toMatch(/^6 of 12 lines/);
    expect(() => parsePerfScript(lines(7))).toThrow(
      new FormatError('not a line of perf script: "nonsense here", the first of 7 such lines', {
        line: 9,
        expected: 'the output of perf script',
      }),
    );
  });

  it('a sample whose first line is damaged is left out with its stack', () => {
    const profile = parsePerfScript(text([...PLAIN, 'spin  27', ...PLAIN.slice(1, 4), ...PLAIN]));
    expect(foldedOf(profile)).toEqual(['main;alpha 14', 'main;beta 6']);
    expect(caveat(profile)).toBe('3 of 15 lines not understood; first: line 9, "spin  27".');
  });

  it('any line put anywhere changes nothing but its own sample', () => {
    const line = fc.stringMatching(/^[g-zG-Z][g-z .;()]{0,30}$/);
    fc.assert(
      fc.property(line, fc.constantFrom(0, 4, 8), (odd, at) => {
        const profile = parsePerfScript(text([...PLAIN.slice(0, at), odd, '', ...PLAIN.slice(at)]));
        expect(foldedOf(profile)).toEqual(FOLDED);
      }),
    );
  });
});

describe('a file that is cut off', () => {
  const whole = text(PLAIN);

  it.each([
    ['in a frame', whole.slice(0, whole.lastIndexOf('main') + 2)],
    ['in a module', whole.slice(0, whole.lastIndexOf('spin)') + 2)],
    ['after the parameters of a function', `${text(PLAIN.slice(0, 5))}\t            11f4 beta(unsigned long)`],
    ['in the first line of a sample', whole.slice(0, whole.lastIndexOf('cycles') + 3)],
    ['in the time', whole.slice(0, whole.lastIndexOf('340630') + 2)],
    ['in the command', `${text(PLAIN.slice(0, 4))}spi`],
  ])('%s: the sample is left out', (_, cut) => {
    const profile = parsePerfScript(cut);
    expect(foldedOf(profile)).toEqual(['main;alpha 7']);
    expect(profile.meta.caveats).toContain('The last line is cut off: its sample was left out.');
  });

  it('anywhere: what is read was in the file', () => {
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), (length) => {
        let read: string[];
        try {
          read = foldedOf(parsePerfScript(whole.slice(0, length)));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        // A cut between two lines can't be told from a stack of one frame.
        const allowed = [...FOLDED, 'alpha 7', 'beta 3', '[unknown] 7', '[unknown] 3'];
        expect(allowed).toEqual(expect.arrayContaining(read));
      }),
    );
  });
});
