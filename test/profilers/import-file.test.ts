import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src/lib/errors.js';
import type { Profile } from '../../src/model/profile.js';
import { importProfile } from '../../src/profilers/import-file.js';
import { exportFolded } from '../../src/profiles/formats/folded.js';
import { exportPprof } from '../../src/profiles/formats/pprof/export.js';
import { exportSpeedscope } from '../../src/profiles/formats/speedscope-export.js';
import { anyProfile } from '../support/profile-arbitrary.js';
import { totalWeight } from '../support/stack-totals.js';

const FIXTURES = 'test/fixtures/profiles';
const folder = mkdtempSync(join(tmpdir(), 'gatebench-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
const file = (content: string | Uint8Array, name = 'profile.bin'): string => {
  written += 1;
  const place = join(folder, String(written));
  mkdirSync(place);
  writeFileSync(join(place, name), content);
  return join(place, name);
};

const failure = async (path: string): Promise<ExpectedError> => {
  const error = await importProfile(path).then(
    () => new Error(`${path} was read`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ExpectedError);
  return error as ExpectedError;
};

const perfScripts = readdirSync(`${FIXTURES}/perf`)
  .filter((name) => /^(spin|nginx).*\.txt(\.gz)?$/.test(name))
  .map((name): [string, string] => [`perf/${name}`, 'perf']);

describe('captures of every tool, plain and gzipped', () => {
  it.each([
    ...perfScripts,
    ['go-pprof/cpu.pb.gz', 'Go runtime/pprof'],
    ['cpuprofile/burn.cpuprofile', 'V8 CPU profiler'],
    ['0x/stacks.20679.json.gz', '0x'],
    ['py-spy/burn.folded', 'py-spy'],
    ['speedscope/threads.speedscope.json', 'by hand'],
  ])('%s', async (name, tool) => {
    const bytes = readFileSync(`${FIXTURES}/${name}`);
    const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    // Without any help from the name.
    const profile = await importProfile(file(plain));
    expect(profile.meta.tool).toContain(tool);
    expect(profile.meta.profiler).toBeNull();
    expect(totalWeight(profile)).toBeGreaterThan(0);
    expect(await importProfile(file(gzipSync(plain)))).toEqual(profile);
    expect((await importProfile(`${FIXTURES}/${name}`)).stacks).toEqual(profile.stacks);
  });

  it('is called after its file, unless it has a title of its own', async () => {
    const text = readFileSync(`${FIXTURES}/cpuprofile/burn.cpuprofile`);
    expect((await importProfile(file(text, 'portkey.cpuprofile'))).meta.title).toBe('portkey.cpuprofile');
    const pprof = readFileSync(`${FIXTURES}/go-pprof/cpu.pb.gz`);
    expect((await importProfile(file(pprof, 'ferro.pb.gz'))).meta.title).toBe('ferro');
    const threads = `${FIXTURES}/speedscope/threads.speedscope.json`;
    expect((await importProfile(threads)).meta.title).toBe('two threads');
  });
});

describe('what we wrote ourselves', () => {
  const measured = anyProfile.filter((profile) => totalWeight(profile) > 0);

  it('profile.json, plain and gzipped, comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(measured, async (profile) => {
        const text = JSON.stringify(profile);
        expect(await importProfile(file(text, 'profile.json'))).toEqual(profile);
        expect(await importProfile(file(gzipSync(text), 'profile.json.gz'))).toEqual(profile);
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, (profile: Profile) => string | Uint8Array]>([
    ['speedscope', exportSpeedscope],
    ['pprof', exportPprof],
    ['folded', exportFolded],
  ])('%s has the weights that it had', async (_, write) => {
    const profile = await importProfile(`${FIXTURES}/go-pprof/cpu.pb.gz`);
    for (const content of [write(profile), gzipSync(write(profile))]) {
      const back = await importProfile(file(content));
      expect(totalWeight(back)).toBe(totalWeight(profile));
      expect(back.stacks.length).toBe(profile.stacks.length);
    }
  });
});

/** The header of gperftools' format, of words of this size, and a sample. */
function legacyCpuProfile(wordBytes: 4 | 8): Buffer {
  const words = [0, 3, 0, 10_000, 0, 1, 2, 0x401000, 0x402000, 0, 1, 0];
  const bytes = Buffer.alloc(words.length * wordBytes);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, index * wordBytes);
  return bytes;
}

describe('folded stacks from everywhere', () => {
  const names = async (path: string) => (await importProfile(path)).frames.map(({ name }) => name);

  it.each([
    ['UTF-16, little endian', Buffer.from('\uFEFFmain;läuft 3\r\nmain 1\r\n', 'utf16le')],
    ['UTF-16, big endian', Buffer.from('\uFEFFmain;läuft 3\r\nmain 1\r\n', 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from('\uFEFFmain;läuft 3\nmain 1\n')],
  ])('in %s', async (_, bytes) => {
    expect(await names(file(bytes))).toEqual(['main', 'läuft']);
    expect(await names(file(gzipSync(bytes)))).toEqual(['main', 'läuft']);
  });

  it.each([70_000, 1_500_000])('with a first line of %d bytes', async (length) => {
    const deep = Array.from({ length: length / 10 }, (_, depth) => `frame_${String(depth).padStart(3, '0')}`).join(';');
    const profile = await importProfile(file(`${deep} 1\nmain;work 2\n`));
    expect(totalWeight(profile)).toBe(3);
    expect(totalWeight(await importProfile(file(`${deep} 1`)))).toBe(1);
  });

  it('through a pipe, which can be read once', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, gzipSync(`${'main;work 2\n'.repeat(10_000)}main 1\n`));
    expect(totalWeight(await importProfile(pipe))).toBe(20_001);
    await writing;
  });
});

describe('what can not be read', () => {
  const NEXT =
    /^gatebench reads pprof, speedscope, .*, \.cpuprofile, 0x .*, folded stacks and perf script, plain or gzipped$/;

  it('names the file, the line and what was expected', async () => {
    const path = file(`main;work 12\n${'main;rest 3\n'.repeat(20)}main;work 1e309\n`);
    const { message, hint } = await failure(path);
    expect(message).toBe(`${path} can't be read: line 22: 1e309 is too large; expected numbers up to 2^53`);
    expect(hint).toMatch(NEXT);
  });

  it('names the field of a document', async () => {
    const { message } = await failure(file('{"nodes": [{"id": 1, "callFrame": {"url": ""}}]}'));
    expect(message).toMatch(/can't be read: nodes\[0\]\.callFrame\.functionName: .*; expected a \.cpuprofile of V8/);
  });

  it('says what it found instead of a profile', async () => {
    expect((await failure(join(folder, 'none'))).message).toBe(`${join(folder, 'none')} does not exist`);
    expect((await failure(folder)).message).toBe(`${folder} is a folder`);
    expect((await failure(file(''))).message).toMatch(/ is empty$/);
    const prose = await failure(file('Dear reader,\nthis is prose.\n'));
    expect(prose.message).toMatch(/ is not a profile in a known format$/);
    expect(prose.hint).toMatch(NEXT);
  });

  it.each<[string, Uint8Array | string, RegExp, RegExp]>([
    [
      'perf.data',
      Buffer.from('PERFILE2\x68\0\0\0\0\0\0\0', 'latin1'),
      /is a perf\.data file, which only perf reads$/,
      /^perf script --header -i .*perf\.data > /,
    ],
    [
      'old.prof',
      legacyCpuProfile(8),
      /is a CPU profile in gperftools' legacy format/,
      /^go tool pprof -proto PROGRAM /,
    ],
    [
      'old32.prof',
      legacyCpuProfile(4),
      /is a CPU profile in gperftools' legacy format/,
      /^go tool pprof -proto PROGRAM /,
    ],
    [
      'heap.prof',
      'heap profile:    144:  8498176 [   144:  8498176] @ heapz_v2/524288\n  1: 9216 [ 1: 9216] @ 0xc635c8 0x42ecc3\n',
      /is a profile in pprof's legacy text format/,
      /go tool pprof -proto .* fetch it without \?debug=1$/,
    ],
    ['goroutines.txt', 'goroutine profile: total 3\n1 @ 0x43 0x44\n', /legacy text format/, /go tool pprof -proto/],
    ['contention', '--- contentionz 1 ---\ncycles/second = 3201000000\n', /legacy text format/, /go tool pprof -proto/],
    ['jeprof.heap', 'heap_v2/524288\n  t*: 1: 2 [0: 0]\n', /a heap profile of jemalloc/, /^jeprof --collapsed /],
    ['app.jfr', Buffer.from('FLR\0\0\x02\0\0', 'latin1'), /Java Flight Recorder$/, /^jfrconv --cpu .*app\.jfr /],
    [
      'app.nettrace',
      'Nettrace\x14\0\0\0!FastSerialization.1',
      /a trace of \.NET$/,
      /^dotnet-trace convert --format Speedscope/,
    ],
    [
      'stackprof.json',
      '{"version":1.2,"mode":"wall","interval":1000,',
      /Ruby's stackprof/,
      /^stackprof --stackcollapse /,
    ],
    [
      'app.prof',
      '\tSun Aug  6 14:50 2023 Time and Allocation Profiling Report  (Final)\n\nmain Main a.hs:1 30.0 9.4\nf Main a.hs:2 70.0 1.0\n',
      /GHC's profiling report$/,
      /^inferno-collapse-ghcprof /,
    ],
    [
      'sample.txt',
      'Analysis of sampling app (pid 64751) every 1 millisecond\nProcess: app [64751]\n    1 main (in app)  1\n',
      /a report of macOS' sample$/,
      /^inferno-collapse-sample /,
    ],
    ['trace.xml', '<?xml version="1.0"?>\n<trace-query-result>\n', /xctrace$/, /^inferno-collapse-xctrace /],
    [
      'tree.csv',
      '\ufeffLevel,Function Name,Number of Calls,\n0,"a",1\n',
      /Visual Studio's/,
      /^inferno-collapse-vsprof /,
    ],
    [
      'out.stacks',
      'CPU     ID                    FUNCTION:NAME\n\n  a\n  b\n  1\n',
      /DTrace$/,
      /^inferno-collapse-dtrace /,
    ],
    ['callgrind.out.1', '# callgrind format\nevents: Ir\n\nfn=main\n16 400\n', /a callgrind file/, /^kcachegrind /],
    ['trace.zip', 'PK\x03\x04\0\0', /a zip archive$/, /^unpack it/],
    ['perf.zst', Buffer.from('28b52ffd0000', 'hex'), /compressed, and not by gzip$/, /^uncompress it/],
    ['isolate.log', 'v8-version,11,3,244,8,-node.33,0\n', /V8's log/, /node --cpu-prof/],
    [
      'flame.svg',
      '<?xml version="1.0"?>\n<svg version="1.1">\n</svg>\n',
      /a picture or page/,
      /import what it was made from/,
    ],
  ])('says how to make %s readable', async (name, content, message, hint) => {
    const error = await failure(file(content, name));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it('a gzip file that broke off', async () => {
    const whole = readFileSync(`${FIXTURES}/go-pprof/cpu.pb.gz`);
    for (const length of [3, 40, whole.length - 5]) {
      expect((await failure(file(whole.subarray(0, length)))).message).toMatch(/ is truncated: /);
    }
  });

  it('a profile without samples', async () => {
    const empty = '{"nodes": [{"id": 1, "callFrame": {"functionName": "(root)"}}], "samples": [], "timeDeltas": []}';
    expect((await failure(file(empty))).message).toMatch(/ holds no samples \(read as cpuprofile\)$/);
  });

  it('a frame that our own file does not have', async () => {
    const profile = await importProfile(`${FIXTURES}/cpuprofile/burn.cpuprofile`);
    const text = JSON.stringify({ ...profile, frames: profile.frames.slice(0, 3) });
    expect((await failure(file(text))).message).toMatch(
      /stacks[[.]\d+\]?\.frames: no frame \d+; expected indices of 3 frames/,
    );
  });

  it('never fails otherwise, whatever the bytes', async () => {
    const start = fc.constantFrom(
      '{"nodes": [',
      '{"schemaVersion": 1, "meta": ',
      '\x1f\x8b\x08',
      '\n\x04\x08\x01\x10\x02',
      '',
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), async (head, tail) => {
        const path = file(Buffer.concat([Buffer.from(head, 'latin1'), tail]));
        await importProfile(path).catch((error: unknown) => expect(error).toBeInstanceOf(ExpectedError));
      }),
      { numRuns: 150 },
    );
  });
});
