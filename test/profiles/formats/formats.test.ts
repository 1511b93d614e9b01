import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCpuProfile } from '../../../src/profiles/formats/cpuprofile.js';
import { exportFolded } from '../../../src/profiles/formats/folded.js';
import { DETECTION_BYTES } from '../../../src/profiles/formats/format.js';
import { detectFormat } from '../../../src/profiles/formats/formats.js';
import { exportPprof } from '../../../src/profiles/formats/pprof/export.js';
import { exportSpeedscope } from '../../../src/profiles/formats/speedscope-export.js';

const FIXTURES = 'test/fixtures/profiles';
const bytesOf = (path: string): Buffer => {
  const bytes = readFileSync(`${FIXTURES}/${path}`);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};
const detect = (content: string | Uint8Array, name = 'profile') =>
  detectFormat(Buffer.from(content).subarray(0, DETECTION_BYTES), name)?.name ?? null;

const V8 = parseCpuProfile(bytesOf('cpuprofile/burn.cpuprofile').toString(), 'burn');

describe('what is in a file tells its format, whatever its name', () => {
  it.each([
    ['go-pprof/cpu.pb.gz', 'pprof'],
    ['go-pprof/mutex.pb.gz', 'pprof'],
    ['go-pprof/allocs.pb.gz', 'pprof'],
    ['cpuprofile/burn.cpuprofile', 'cpuprofile'],
    ['0x/stacks.20679.json.gz', '0x'],
    ['py-spy/burn.folded', 'py-spy'],
    ['speedscope/threads.speedscope.json', 'speedscope'],
  ])('%s is %s', (path, format) => {
    expect(detect(bytesOf(path))).toBe(format);
  });

  it('our own exports', () => {
    expect(detect(exportPprof(V8))).toBe('pprof');
    expect(detect(exportSpeedscope(V8))).toBe('speedscope');
    expect(detect(exportFolded(V8))).toBe('folded');
    expect(detect(JSON.stringify(V8))).toBe('gatebench');
    expect(detect(JSON.stringify(V8, null, 2))).toBe('gatebench');
  });

  it.each([
    ['folded, of one line', 'main;work 12\n', 'folded'],
    ['folded, without a line break at its end', 'main;work 12', 'folded'],
    ['folded, with fractions', 'main;work 1.5\nmain 2e+21\n', 'folded'],
    ['folded, with a mark of byte order', '\uFEFFmain;work 12\n', 'folded'],
    [
      'perf script',
      'node 7/8 [001] 123.456789:  10101010 cpu-clock: \n\t  55aa main+0x1 (/usr/bin/node)\n\n',
      'perf-script',
    ],
    ['perf script, with a header', '# ========\n# captured on    : Sun Nov 22\n# perf version : 6.1\n', 'perf-script'],
    [
      'perf script, without call graphs',
      'node 7 123.456789: 1 cpu-clock:  55aa main+0x1 (/usr/bin/node)\n',
      'perf-script',
    ],
    ['speedscope, with frames first', '{"shared": {"frames": [{"name": "a"}', 'speedscope'],
    ['prose', 'Dear reader, this is no profile.\nIt has lines\n', null],
    ['a log', '2026-11-22 server 17/18 started: ready\n2026-11-22 listening\n', null],
    ['other JSON', '{"name": "package"}', null],
    ['a list', '[1, 2]', null],
    ['nothing', '', null],
    ['empty lines', '\n\n\n', null],
  ])('%s', (_, text, format) => {
    expect(detect(text)).toBe(format);
  });

  it('no picture, program or perf.data is pprof', () => {
    expect(detect(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))).toBeNull();
    expect(detect(readFileSync(process.execPath).subarray(0, DETECTION_BYTES))).toBeNull();
    expect(detect(Buffer.from('PERFILE2\x68\0\0\0\0\0\0\0', 'latin1'))).toBeNull();
  });

  it('a name helps where the start of a file says nothing', () => {
    expect(detect('{"startTime": 1, "endTime": 2', 'a.cpuprofile.gz')).toBe('cpuprofile');
    expect(detect('{"code": [', 'stacks.4711.json')).toBe('0x');
  });
});

describe('captured perf scripts', () => {
  const scripts = readdirSync(`${FIXTURES}/perf`).filter((name) => /\.txt(\.gz)?$/.test(name));

  it('are all known as such', () => {
    expect(scripts.length).toBeGreaterThan(0);
    for (const name of scripts) expect(detect(bytesOf(`perf/${name}`)), name).toBe('perf-script');
  });

  it('without their header, too', () => {
    for (const name of scripts) {
      const lines = bytesOf(`perf/${name}`).toString().split('\n');
      expect(detect(lines.filter((line) => !line.startsWith('#')).join('\n')), name).toBe('perf-script');
    }
  });
});
