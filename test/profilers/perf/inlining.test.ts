import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInPath } from '../../../src/lib/find-in-path.js';
import { fileSource } from '../../../src/profilers/perf/binary-symbols.js';
import { executedFiles, inliningObstacle } from '../../../src/profilers/perf/inlining.js';
import { buildIdOf, debugInfoBytes } from '../../../src/profiles/symbols/elf/debug-info.js';
import { readElf } from '../../../src/profiles/symbols/elf/elf-file.js';
import { SPIN } from '../../support/profile-target.js';

const missing = ['gcc', 'readelf', 'objcopy'].find((program) => findInPath(program) === null);
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
    const files = [path('plain'), path('debug'), path('no-such-file'), '[vdso]', '/etc/passwd'];
    expect(inliningObstacle(files)).toBeNull();
    expect(inliningObstacle([path('plain')], 0)).toBeNull();
    expect(inliningObstacle(files, bytesOf('debug') - 1)).toMatch(/^debug has \d+ MiB of debug information, in which/);
  });
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
