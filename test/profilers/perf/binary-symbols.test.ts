import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { binarySymbolResolver, fileSource } from '../../../src/profilers/perf/binary-symbols.js';
import { offsetOfAddress, readElf } from '../../../src/profiles/symbols/elf/elf-file.js';
import { openGoFunctions } from '../../../src/profiles/symbols/go-symbols/pclntab.js';
import { GO_SYMBOLS, goProgramBytes, goTruth, trueFunctions } from '../../support/go-program.js';
import { parsePerfScript } from '../../support/perf-script.js';
import { SPIN } from '../../support/profile-target.js';

const folder = mkdtempSync(join(tmpdir(), 'gatebench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('binarySymbolResolver of Go programs', () => {
  it('takes offsets in the file, as perf prints them', () => {
    const program = join(folder, 'tiny');
    writeFileSync(program, goProgramBytes('go1.18'));
    const add = goTruth('go1.18').find(({ name }) => name === 'main.(*counter).add');
    const resolve = binarySymbolResolver();
    // 0x400000 is where the file is mapped.
    expect(resolve(program, (add?.entry ?? 0) - 0x400000 + 5)).toEqual({
      name: 'main.(*counter).add',
      file: 'tiny/main.go',
      line: 9,
      kind: 'go',
    });
    expect(resolve(program, 3)).toBeNull();
    expect(resolve(program, 1e9)).toBeNull();
  });

  it('knows nothing of what is not there, broken, or no file', () => {
    const resolve = binarySymbolResolver();
    const broken = join(folder, 'broken');
    writeFileSync(broken, goProgramBytes('go1.18').slice(0, 300));
    for (const module of [broken, `${folder}/none`, folder, '[vdso]', 'tiny', '/x (deleted)']) {
      expect(resolve(module, 0x1000)).toBeNull();
    }
  });
});

const noCompiler = ['gcc', 'strip', 'nm'].find((program) => findInPath(program) === null);
if (noCompiler)
  process.stderr.write(`SKIPPED: where functions of stripped C programs begin, because there is no ${noCompiler}\n`);

describe.skipIf(noCompiler)('binarySymbolResolver of C programs', () => {
  it.each(['-no-pie', '-pie'])('%s: tells stripped functions apart by where they begin', (mode) => {
    const program = join(folder, `wait${mode}`);
    run('gcc', ['-O1', mode, '-pthread', '-o', program, join(SPIN, 'wait.c')]);
    const symbols = run('nm', ['-S', program])
      .split('\n')
      .map((line) => line.split(' '));
    run('strip', [program]);
    const elf = readElf(fileSource(program));
    const resolve = binarySymbolResolver();
    const functions = ['wait_futex', 'wait_sleep', 'wait_pipe', 'answerer', 'main'].map((wanted) => {
      const [start = '', size = ''] = symbols.find(([, , , name]) => name === wanted) ?? [];
      return { start: Number.parseInt(start, 16), bytes: Number.parseInt(size, 16) };
    });
    for (const { start, bytes } of functions) {
      const unknown = { name: `[unknown] 0x${start.toString(16)}`, file: null, line: null, kind: 'unknown' };
      for (const address of [start, start + 1, start + bytes - 1]) {
        expect(resolve(program, offsetOfAddress(elf, address) ?? 0)).toEqual(unknown);
      }
    }
    expect(resolve(program, 0x40)).toBeNull();
  });
});

const go = findInPath('go');
const strip = findInPath('strip');
const why = go === null ? 'there is no go' : strip === null ? 'there is no strip' : null;
if (why) process.stderr.write(`SKIPPED: function tables of this Go's own programs, because ${why}\n`);

function run(command: string, args: string[], environment: Record<string, string> = {}): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=mod', ...environment },
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe.skipIf(why)('programs of the Go that is installed', () => {
  const builds = [
    { name: 'exe', flags: ['-buildmode=exe'], cgo: '0' },
    { name: 'pie', flags: ['-buildmode=pie'], cgo: '0' },
    ...(findInPath('gcc') === null
      ? []
      : [
          { name: 'cgo-exe', flags: ['-buildmode=exe', '-ldflags=-linkmode=external'], cgo: '1' },
          { name: 'cgo-pie', flags: ['-buildmode=pie', '-ldflags=-linkmode=external'], cgo: '1' },
        ]),
  ];

  it.each(builds)(
    '$name: every function has the name, file and line that Go gives it',
    { timeout: 300_000 },
    (build) => {
      const program = join(folder, build.name);
      const stripped = `${program}-stripped`;
      run('go', ['build', ...build.flags, '-o', program, join(GO_SYMBOLS, 'tiny.go')], {
        CGO_ENABLED: build.cgo,
      });
      run('strip', ['-o', stripped, program]);
      const truth = trueFunctions(run('go', ['run', join(GO_SYMBOLS, 'truth.go'), program]));
      const table = openGoFunctions(readElf(fileSource(stripped)));
      const ours = truth.map((_, index) => table?.functionByIndex(index));
      expect(table?.functionCount).toBe(truth.length);
      expect(ours.map((each) => each?.name)).toEqual(truth.map(({ name }) => name));
      expect(ours.map((each) => each?.entry)).toEqual(truth.map(({ entry }) => entry));
      const wrong = truth.filter(
        ({ file, line }, index) =>
          (file !== '' && ours[index]?.file !== file) || (line !== '' && String(ours[index]?.line) !== line),
      );
      expect(wrong).toEqual([]);
    },
  );
});

const whyNot = why ?? (findInPath('perf') === null ? 'there is no perf' : mayRecord());
if (whyNot) process.stderr.write(`SKIPPED: perf of a stripped Go program, because ${whyNot}\n`);

function mayRecord(): string | null {
  try {
    run('perf', ['record', '-q', '-e', 'cpu-clock', '-o', '/dev/null', '--', 'true']);
    return null;
  } catch {
    return 'perf may not record here';
  }
}

describe.skipIf(whyNot)('perf of a stripped Go program', () => {
  it.each(['exe', 'pie'])(
    '%s: every frame of it has a name, and its shares are right',
    { timeout: 300_000 },
    (mode) => {
      const program = join(folder, `spin-${mode}`);
      const data = `${program}.data`;
      const flags = [`-buildmode=${mode}`, '-ldflags=-s -w'];
      run('go', ['build', ...flags, '-o', program, join(SPIN, 'spin.go')], { CGO_ENABLED: '0' });
      run('perf', ['record', '-q', '-e', 'cpu-clock', '-F', '499', '--call-graph', 'fp', '-o', data, program, '2']);
      const text = run('perf', ['script', '-i', data]);
      const unnamed = parsePerfScript(text);
      expect(unnamed.frames.filter(({ kind, module }) => kind === 'unknown' && module === program)).toHaveLength(1);

      const { frames, stacks } = parsePerfScript(text, { resolve: binarySymbolResolver() });
      expect(frames.filter(({ kind, module }) => kind === 'unknown' && module === program)).toEqual([]);
      const below = (name: string) => {
        const index = frames.findIndex((frame) => frame.name === name && frame.kind === 'go');
        return stacks.filter((stack) => stack.frames.includes(index)).reduce((sum, { weight }) => sum + weight, 0);
      };
      const total = stacks.reduce((sum, { weight }) => sum + weight, 0);
      expect(Math.abs((100 * below('main.alpha')) / total - 50)).toBeLessThan(5);
      expect(Math.abs((100 * below('main.beta')) / total - 30)).toBeLessThan(5);
      expect(Math.abs((100 * below('main.gamma')) / total - 20)).toBeLessThan(5);
      // Stacks of goroutines begin in goexit, those of Go's own threads in mstart or the switch to a thread's stack.
      expect((below('runtime.goexit') + below('runtime.mstart') + below('runtime.mcall')) / total).toBeGreaterThan(0.9);
      expect(frames.find(({ name }) => name === 'main.alpha')).toMatchObject({ module: 'main', kind: 'go' });
    },
  );
});
