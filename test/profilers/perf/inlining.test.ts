import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { fileSource } from '../../../src/profilers/perf/binary-symbols.js';
import { executedFiles, planInlining, quickAddr2line } from '../../../src/profilers/perf/inlining.js';
import { buildIdOf, debugInfoBytes } from '../../../src/profiles/symbols/elf/debug-info.js';
import { readElf } from '../../../src/profiles/symbols/elf/elf-file.js';
import { SPIN } from '../../support/profile-target.js';

const missing = ['gcc', 'readelf', 'objcopy', 'objdump'].find((program) => findInPath(program) === null);
if (missing) process.stderr.write(`SKIPPED: debug information of real programs, because there is no ${missing}\n`);

describe.skipIf(missing !== undefined)('debug information of a program', () => {
  let built = '';
  const path = (name: string) => join(built, name);
  const bytesOf = (name: string) => debugInfoBytes(readElf(fileSource(path(name))));
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    const compile = (name: string, ...options: string[]) =>
      execFileSync('gcc', ['-O1', '-Wl,--build-id', ...options, '-o', path(name), join(SPIN, 'spin.c')]);
    compile('plain');
    compile('debug', '-g');
    compile('compressed', '-g', '-gz');
  });
  afterAll(() => rm(built, { recursive: true, force: true }));

  it('has the size that readelf says, compressed or not', () => {
    const sections = execFileSync('readelf', ['-SW', path('debug')], { encoding: 'utf8' });
    const size = Number.parseInt(/\.debug_info\s+PROGBITS\s+\S+ \S+ (\S+)/.exec(sections)?.[1] ?? '', 16);
    expect(size).toBeGreaterThan(100);
    expect(bytesOf('debug')).toBe(size);
    expect(bytesOf('compressed')).toBe(size);
    expect(bytesOf('plain')).toBe(0);
  });

  it('has the build id that readelf says', () => {
    const notes = execFileSync('readelf', ['-n', path('plain')], { encoding: 'utf8' });
    expect(buildIdOf(readElf(fileSource(path('plain'))))).toBe(/Build ID: ([0-9a-f]+)/.exec(notes)?.[1]);
    execFileSync('objcopy', ['--remove-section', '.note.gnu.build-id', path('plain'), path('nameless')]);
    expect(buildIdOf(readElf(fileSource(path('nameless'))))).toBeNull();
  });

  it('is why inlined functions are left out, from a size on', () => {
    const executed = [path('plain'), path('debug'), path('no-such-file'), '[vdso]', '/etc/passwd'];
    expect(planInlining(executed)).toEqual({ files: [path('debug')], obstacle: null });
    expect(planInlining([path('plain')], 0)).toEqual({ files: [], obstacle: null });
    expect(planInlining(executed, bytesOf('debug') - 1)).toEqual({
      files: [path('debug')],
      obstacle: expect.stringMatching(/^debug has \d+ MiB of debug information/),
    });
  });
});

describe.skipIf(missing !== undefined || findInPath('addr2line') === null)('the addr2line that perf is given', () => {
  let built = '';
  let addresses: string[] = [];
  beforeAll(async () => {
    built = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
    const source = `
      static inline __attribute__((always_inline)) int inner(int n) { return n * 7 + (n >> 3); }
      static inline __attribute__((always_inline)) int middle(int n) { int s = 0; while (n--) s += inner(n); return s; }
      __attribute__((noinline)) int outer(int n) { return middle(n) ^ middle(n + 1); }
      int main(int argc, char **argv) { return outer(argc); }`;
    await writeFile(join(built, 'inlined.c'), source);
    execFileSync('gcc', ['-O2', '-g', '-o', 'inlined', 'inlined.c'], { cwd: built });
    const text = execFileSync('objdump', ['-d', '--no-show-raw-insn', 'inlined'], { cwd: built, encoding: 'utf8' });
    addresses = [...text.matchAll(/^\s+([0-9a-f]+):\t/gm)].map(([, address = '']) => address.padStart(16, '0'));
  });
  afterAll(() => rm(built, { recursive: true, force: true }));

  /** Asks as perf does. */
  const ask = (program: string, options: string[], environment: Record<string, string> = {}) =>
    execFileSync(program, ['-e', join(built, 'inlined'), ...options, '-i', '-f'], {
      input: addresses.map((address) => `${address}\n,\n`).join(''),
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });

  it.each([[[]], [['-a']]])('answers as addr2line does, with its options %j', async (options) => {
    const addr2line = await quickAddr2line([join(built, 'inlined')]);
    try {
      const answers = ask('addr2line', options, addr2line.environment);
      expect(answers).toBe(ask(addr2line.environment.GATEBENCH_ADDR2LINE ?? '', options));
      expect(answers).toMatch(/inner\n.*\nmiddle\n.*\nouter\n/);
    } finally {
      await addr2line.remove();
    }
  });

  it.each([[[]], [['-a']]])(
    'knows nothing of a file without debug information, with its options %j',
    async (options) => {
      const addr2line = await quickAddr2line(['/another/file']);
      try {
        const echo = (address: string) => (options.length > 0 ? `0x${address}\n` : '');
        const expected = addresses.map((address) => `${echo(address)}??\n??:0\n${echo('0'.repeat(16))}??\n??:0\n`);
        expect(ask('addr2line', options, addr2line.environment)).toBe(expected.join(''));
      } finally {
        await addr2line.remove();
      }
    },
  );
});

describe('executedFiles', () => {
  it('are the program and its libraries', () => {
    const files = [...executedFiles([process.pid])];
    expect(files).toContain(process.execPath);
    expect(files.some((file) => /\/libc[.-]/.test(file))).toBe(true);
    expect(files.every((file) => file.startsWith('/'))).toBe(true);
    expect(executedFiles([2 ** 22 - 1])).toEqual(new Set());
  });
});
