import { describe, expect, it } from 'vitest';
import { readableProfile } from '../../src/profilers/readable-profile.js';
import { blankMeta, ProfileBuilder } from '../../src/profiles/profile-builder.js';

const profileOf = (names: readonly string[]) => {
  const builder = new ProfileBuilder();
  for (const [index, name] of names.entries()) {
    const frame = { name, file: null, line: null, module: '/srv/app', kind: 'native' as const };
    builder.add([builder.frame(frame)], 1, 10, { atUs: index });
  }
  return builder.build(blankMeta({ title: 'any', unit: 'samples' }));
};

describe('names to read', () => {
  it.each([
    ['Rust, old', '_ZN4tick5wheel4fire17h0123456789abcdefE', 'tick::wheel::fire'],
    [
      'Rust, old, with marks',
      '_ZN45_$LT$app..Row$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE',
      '<app::Row as core::fmt::Debug>::fmt',
    ],
    ['Rust, v0', '_RNvCs1234_7mycrate3foo', 'mycrate::foo'],
    ['Rust, v0, generic', '_RINvNtC3std3mem8align_ofdE', 'std::mem::align_of::<f64>'],
    ['C++', '_ZN3app5Queue4pushEi', 'app::Queue::push(int)'],
    [
      'C++, a template',
      '_ZNSt6vectorIiSaIiEE9push_backERKi',
      'std::vector<int, std::allocator<int> >::push_back(int const&)',
    ],
    ['C++, on macOS', '__ZN3app3runEv', 'app::run()'],
    ['C++, a copy', '_Z3addii.isra.0', 'add(int, int) [clone .isra.0]'],
    ['C++, of Microsoft', '?push_back@?$vector@H@std@@QEAAXAEBH@Z', 'std::vector<int>::push_back(int const&)'],
    [
      'Rust, half demangled',
      '_$LT$usize$u20$as$u20$core..iter..range..Step$GT$::add_one::h0701a52b56dc0bbb',
      '<usize as core::iter::range::Step>::add_one',
    ],
    [
      'Rust, with its hash',
      'term::terminfo::TermInfo::from_env::h7aa5bbfa652bcb0d',
      'term::terminfo::TermInfo::from_env',
    ],
    ['Java', 'Ljava/util/HashMap;::get', 'java.util.HashMap.get'],
  ])('%s', async (_, symbol, name) => {
    const { frames } = await readableProfile(profileOf([symbol]));
    expect(frames[0]).toMatchObject({ name, rawName: symbol });
  });

  it.each([
    'malloc',
    '_Zbad',
    '_start',
    '__libc_start_main',
    '_Rtld_global',
    'net/http.(*conn).serve',
    '?',
    'Lexer::next',
    '_D3std5stdioQe',
  ])('%s stays as it is', async (name) => {
    const profile = profileOf([name]);
    const readable = await readableProfile(profile);
    expect(readable).toEqual(profile);
  });

  it('make copies of a function one frame, and keep threads and the order of time', async () => {
    const copies = ['_ZN3app3runC1Ev', '_ZN3app3runC2Ev', 'main'];
    const { frames, stacks, timeline } = await readableProfile(profileOf(copies));
    expect(frames.map(({ name }) => name)).toEqual(['app::run::run()', 'main']);
    expect(stacks.map(({ weight }) => weight)).toEqual([20, 10]);
    expect(timeline?.stacks).toEqual([0, 0, 1]);
  });
});
