import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parsePySpy } from '../../../src/profiles/formats/py-spy.js';
import { shareOf } from '../../support/profile-target.js';

const fixture = new URL('../../fixtures/profiles/py-spy-litellm/litellm.raw.gz', import.meta.url);
const stackOf = (line: string) => parsePySpy(`${line} 1\n`, 'one', null).frames;

describe('parsePySpy', () => {
  it('reads names, files, lines and packages, and weighs samples by the rate', () => {
    const profile = parsePySpy(
      'main (/srv/app.py:3);get (/srv/lib/python3.11/site-packages/httpx/_api.py:12) 3\nmain (/srv/app.py:3) 1\n',
      'app',
      200,
    );
    expect(profile.frames).toEqual([
      { name: 'main', file: '/srv/app.py', line: 3, module: null, kind: 'python' },
      {
        name: 'get',
        file: '/srv/lib/python3.11/site-packages/httpx/_api.py',
        line: 12,
        module: 'httpx',
        kind: 'python',
      },
    ]);
    expect(profile.stacks).toEqual([
      { frames: [0, 1], samples: 3, weight: 15e6 },
      { frames: [0], samples: 1, weight: 5e6 },
    ]);
    expect(profile.meta).toMatchObject({ unit: 'nanoseconds', rateHz: 200, kernel: 'absent' });
  });

  it('leaves weights in samples where nobody knows the rate', () => {
    const profile = parsePySpy('main (app.py:3) 7\n', 'app', null);
    expect(profile.meta).toMatchObject({ unit: 'samples', rateHz: null });
    expect(profile.stacks[0]?.weight).toBe(7);
  });

  it('takes processes and threads from the root, whatever their command lines hold', () => {
    const profile = parsePySpy(
      'process 7:"python -c import a; b()";thread (16658): pool-2_0;main (app.py:3) 1\n' +
        'process 8:"python: x;";thread (0x7F3A11);main (app.py:3) 2\n',
      'app',
      null,
    );
    expect(profile.frames.map(({ name }) => name)).toEqual(['main']);
    expect(profile.threads).toEqual([
      { comm: 'pool-2_0', pid: 7, tid: 16658 },
      { comm: 'python: x;', pid: 8, tid: 0x7f3a11 },
    ]);
    expect(profile.stacks).toEqual([
      { frames: [0], samples: 1, weight: 1, thread: 0 },
      { frames: [0], samples: 2, weight: 2, thread: 1 },
    ]);
  });

  it('tells compiled code from Python, and keeps no line of it', () => {
    expect(stackOf('Loop__run (/project/uvloop/loop.c:25183)')).toEqual([
      { name: 'Loop__run', file: '/project/uvloop/loop.c', line: null, module: null, kind: 'native' },
    ]);
    expect(stackOf('malloc (/usr/lib/libc.so.6)')).toEqual([
      { name: 'malloc', file: null, line: null, module: '/usr/lib/libc.so.6', kind: 'native' },
    ]);
    expect(stackOf('0x7efdfdaa3f16 (/usr/lib/libc.so.6)')).toEqual([
      { name: '[unknown]', file: null, line: null, module: '/usr/lib/libc.so.6', kind: 'unknown' },
    ]);
    // A program's entry has no suffix, and the interpreter's own modules have no file.
    expect(stackOf('<module> (/srv/bin/litellm:1);f (<frozen importlib._bootstrap>:1165)')).toEqual([
      { name: '<module>', file: '/srv/bin/litellm', line: 1, module: null, kind: 'python' },
      { name: 'f', file: '<frozen importlib._bootstrap>', line: 1165, module: 'python', kind: 'python' },
    ]);
  });

  it('keeps names of Rust whole, which hold what separates frames', () => {
    expect(
      stackOf('main (a.py:1);<[u8; 4] as core::fmt::Debug>::fmt (/usr/lib/orjson.so)').map(({ name }) => name),
    ).toEqual(['main', '<[u8; 4] as core::fmt::Debug>::fmt']);
  });

  it('names the line that is no stack', () => {
    expect(() => parsePySpy('main (a.py:1) 3\n\nhalf a li', 'x', 99)).toThrow(
      /^line 3: not a folded stack: "half a li"; expected frames with ; between them, a space and a number$/,
    );
  });

  it('is empty for an empty file', () => {
    expect(parsePySpy('', 'x', 99).stacks).toEqual([]);
  });

  it('reads LiteLLM under load: its authentication, its packages, the garbage collector', () => {
    const profile = parsePySpy(gunzipSync(readFileSync(fixture)).toString('utf8'), 'LiteLLM', 99);
    expect(profile.stacks.reduce((sum, { samples }) => sum + samples, 0)).toBe(554);
    expect(shareOf(profile, /^user_api_key_auth$/)).toBeGreaterThan(2);
    expect(shareOf(profile, /^gc_collect_main$/)).toBeCloseTo((100 * 184) / 554, 1);
    const modules = new Set(profile.frames.map(({ module }) => module));
    for (const module of ['litellm', 'fastapi', 'starlette', 'aiohttp', 'python']) expect(modules).toContain(module);
    const nameless = profile.frames.filter(({ kind }) => kind === 'unknown');
    expect(nameless.length / profile.frames.length).toBeLessThan(0.01);
    expect(profile.frames.filter(({ name }) => /[()]| 0x/.test(name))).toEqual([]);
  });
});
