import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/profiles/format-error.js';
import { parseOxName, parseOxStacks } from '../../../src/profiles/formats/0x.js';
import { totalsByName, totalWeight } from '../../support/stack-totals.js';

const TEXT = gunzipSync(readFileSync('test/fixtures/profiles/0x/stacks.20679.json.gz')).toString();

describe('the tree that 0x wrote', () => {
  const profile = parseOxStacks(TEXT, 'burn');

  it('counts all ticks, each once', () => {
    const { unmerged } = JSON.parse(TEXT) as { unmerged: { value: number } };
    expect(totalWeight(profile)).toBe(unmerged.value);
    expect(profile.meta).toMatchObject({ unit: 'samples', tool: '0x', kernel: 'absent', rateHz: null });
  });

  it('counts a function once, whatever tiers it was seen in', () => {
    // 82 optimised and 1 without a mark; 49 of parseOften.
    expect(totalsByName(profile).get('addUp')?.self).toBe(83);
    expect(totalsByName(profile).get('parseOften')?.self).toBe(49);
    expect(profile.frames.filter(({ name }) => name === 'addUp')).toEqual([
      { name: 'addUp', file: '/srv/0x/burn.mjs', line: 18, module: null, kind: 'javascript' },
    ]);
  });

  it('says how much was optimised, and what ticks are', () => {
    expect(profile.meta.caveats.join(' ')).toMatch(/30\.3 % of the ticks ended in optimised JavaScript/);
    expect(profile.meta.caveats.join(' ')).toContain('JSON.parse');
  });

  it('reads the merged tree where it is the only one', () => {
    const { merged } = JSON.parse(TEXT) as { merged: object };
    expect(totalWeight(parseOxStacks(JSON.stringify({ merged }), 'burn'))).toBe(totalWeight(profile));
  });

  it('takes trees that are deeper than a call stack could be', () => {
    const depth = 20_000;
    const open = '{"name":"f","value":1,"top":0,"children":[';
    const text = `{"unmerged":${open.repeat(depth)}{"name":"leaf","value":1,"top":1}${']}'.repeat(depth)}}`;
    expect(parseOxStacks(text, 'deep').stacks[0]?.frames).toHaveLength(depth);
  });
});

describe('names', () => {
  it.each([
    ['*addUp file:///srv/burn.mjs:18:15', 'addUp', '/srv/burn.mjs', 18, null, 'javascript', 'optimised', false],
    [
      '~hash node:internal/crypto/hash:88:14',
      'hash',
      'node:internal/crypto/hash',
      88,
      'node',
      'javascript',
      'interpreted',
      false,
    ],
    [
      '*add /srv/node_modules/hono/dist/a.js:1:2 [INLINABLE]',
      'add',
      '/srv/node_modules/hono/dist/a.js',
      1,
      'hono',
      'javascript',
      'optimised',
      true,
    ],
    [
      '(anonymous) file:///srv/burn.mjs:31:27',
      '(anonymous 31:27)',
      '/srv/burn.mjs',
      31,
      null,
      'javascript',
      null,
      false,
    ],
    [
      '~(anonymous) node:internal/worker:1:1 [INIT]',
      '(anonymous 1:1)',
      'node:internal/worker',
      1,
      'node',
      'javascript',
      'interpreted',
      false,
    ],
    ['epoll_pwait@@GLIBC_2.6 [CPP]', 'epoll_pwait', null, null, null, 'native', null, false],
    ['v8::internal::Heap::Scavenge() [CPP]', 'v8::internal::Heap::Scavenge()', null, null, null, 'native', null, false],
    [
      '/usr/lib/x86_64-linux-gnu/libc.so.6 [SHARED_LIB]',
      '[unknown]',
      null,
      null,
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      'unknown',
      null,
      false,
    ],
    ['item (\\d+) [CODE:RegExp]', 'RegExp: item (\\d+)', null, null, 'node', 'javascript', null, false],
  ])('%s', (text, name, file, line, module, kind, tier, inlinable) => {
    expect(parseOxName(text)).toEqual({ frame: { name, file, line, module, kind }, tier, inlinable });
  });
});

describe('what is no tree of 0x', () => {
  it.each<[object, RegExp]>([
    [{}, /^merged: no tree of ticks; expected 0x's stacks/],
    [[], /^merged: no tree of ticks/],
    [{ unmerged: { children: 3 } }, /^unmerged\.children: not a list/],
    [{ unmerged: { children: [{ name: 'a', top: 1 }, 7] } }, /^unmerged\.children\[1\]: not a node; expected name/],
    [{ unmerged: { children: [{ name: 'a', top: -1 }] } }, /^unmerged\.children\[0\]\.top: no number of ticks/],
    [{ unmerged: { children: [{ top: 1 }] } }, /^unmerged\.children\[0\]\.name: no name/],
  ])('%j', (document, message) => {
    expect(() => parseOxStacks(JSON.stringify(document), '')).toThrow(FormatError);
    expect(() => parseOxStacks(JSON.stringify(document), '')).toThrow(message);
  });
});
