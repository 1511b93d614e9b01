import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rustLegacyName } from '../../../src/profiles/symbols/rust-symbol.js';
import { parsePerfScript } from '../../support/perf-script.js';

const HASH = '::h0123456789abcdef';

describe('names of Rust that were read as C++', () => {
  it.each([
    ['emulator::main', 'emulator::main'],
    ['log::set_logger::_$u7b$$u7b$closure$u7d$$u7d$', 'log::set_logger::{{closure}}'],
    ['gc::GcBox$LT$T$GT$::new', 'gc::GcBox<T>::new'],
    [
      '_$LT$alloc..boxed..Box$LT$F$GT$$u20$as$u20$core..ops..FnOnce$GT$::call',
      '<alloc::boxed::Box<F> as core::ops::FnOnce>::call',
    ],
    [
      '_$LT$$RF$mut$u20$$u5b$u8$u5d$$u20$as$u20$a..B$LT$$LP$u8$C$$u20$$BP$u8$RP$$GT$$GT$::c',
      '<&mut [u8] as a::B<(u8, *u8)>>::c',
    ],
    ['a::$u110000$', 'a::$u110000$'],
    ['a::$XY$', 'a::$XY$'],
  ])('%s', (symbol, name) => {
    expect(rustLegacyName(symbol + HASH)).toBe(name);
  });

  it.each(['a::b', 'a::h0123456789abcde', 'a::hello_world_01234', 'std::h0123456789abcdef()', '$LT$'])(
    'not %s',
    (symbol) => {
      expect(rustLegacyName(symbol)).toBeNull();
    },
  );

  it('any text is read or left alone', () => {
    fc.assert(fc.property(fc.string(), (text) => void rustLegacyName(text + HASH)));
  });

  it('copies of a function under several hashes are one in a profile, which keeps a symbol', () => {
    const sample = (hash: string) => `a 1 1.5: 2 cycles:\n\t            11e4 a::b::h${hash}+0x1 (/srv/a)\n\n`;
    const { frames, stacks } = parsePerfScript(sample('0123456789abcdef') + sample('fedcba9876543210'));
    expect(frames).toEqual([
      { name: 'a::b', file: null, line: null, module: '/srv/a', kind: 'native', rawName: 'a::b::h0123456789abcdef' },
    ]);
    expect(stacks.map(({ weight }) => weight)).toEqual([4]);
  });
});
