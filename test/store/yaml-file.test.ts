import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/lib/errors.js';
import { Scenario } from '../../src/model/scenario.js';
import { parseYaml } from '../../src/store/yaml-file.js';

const GOOD = `schemaVersion: 1
name: mine
title: Mine
load:
  vus: [50, 150]
  warmupS: 5
  durationS: 10
upstream:
  latency: 60ms
request:
  messages:
    - role: user
      content: hello
`;

/** Nine lists, each of nine of the one before. */
const bomb = () =>
  ['a0: &a0 [x]', ...Array.from({ length: 8 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`)].join(
    '\n',
  );

const problems = (text: string): string => {
  try {
    parseYaml(text, Scenario, 'mine.yaml', 'scenario');
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was wrong with it');
};

describe('parseYaml', () => {
  it('reads what is right and fills in defaults', () => {
    expect(parseYaml(GOOD, Scenario, 'mine.yaml', 'scenario').load).toMatchObject({ cooldownS: 5, timeoutS: 30 });
  });

  it.each([
    ['a wrong value', GOOD.replace('150', '0'), 'mine.yaml:5: load.vus.1:'],
    ['a wrong type', GOOD.replace('warmupS: 5', 'warmupS: soon'), 'mine.yaml:6: load.warmupS:'],
    ['an unknown key', GOOD.replace('warmupS', 'warmUpS'), 'mine.yaml:6: load: Unrecognized key: "warmUpS"'],
    ['a missing key', GOOD.replace('title: Mine\n', ''), 'mine.yaml:1: title:'],
    ['a key nested in a list', GOOD.replace('role: user', 'role: robot'), 'mine.yaml:12: request.messages.0.role:'],
  ])('names the line of %s', (_, text, expected) => expect(problems(text)).toContain(expected));

  it('names line and column of broken YAML', () => {
    expect(problems(GOOD.replace('[50, 150]', '[50, 150'))).toMatch(/^mine\.yaml:\d+:\d+: not valid YAML/);
  });

  it.each([
    ['two documents', `${GOOD}---\n${GOOD}`, /^mine\.yaml:\d+:\d+: not valid YAML: a second document begins here/],
    ['aliases that multiply', bomb(), /^mine\.yaml: not valid YAML: Excessive alias count/],
    ['an alias of itself', 'a: &a [*a]\n', /Unrecognized key: "a"/],
    ['an alias of nothing', 'title: *nowhere\n', /not valid YAML: .*[Aa]lias/],
    ['a deep nest', '['.repeat(100_000), /^mine\.yaml.*: not valid YAML: /],
    ['a NUL', GOOD.replace('title: Mine', 'title: "a\\0b"'), /^mine\.yaml:3: title: a NUL character/],
    ['a key that is a list', '? [a, b]\n: c\n', /^mine\.yaml:\d+:\d+: not valid YAML: /],
    ['a list', '- a\n', /^mine\.yaml:1: Invalid input: expected object/],
    ['nothing', '', /^mine\.yaml:1: Invalid input: expected object/],
    ['keys that every object has', `${GOOD}__proto__: 1\nconstructor: 2\n`, /Unrecognized key/],
    ['a name too long', GOOD.replace('name: mine', `name: ${'a'.repeat(300)}`), /^mine\.yaml:2: name: at most 64/],
    ['a VU count twice', GOOD.replace('[50, 150]', '[50, 50]'), /^mine\.yaml:5: load\.vus: each VU count once/],
  ])('refuses %s', (_, text, expected) => expect(problems(text)).toMatch(expected));

  it('says of a newer file that it is one', () => {
    const newer = GOOD.replace('schemaVersion: 1', 'schemaVersion: 2').replace('load:', 'newField: 1\nload:');
    expect(problems(newer)).toBe(
      'the scenario mine.yaml was written by a newer gatebench: its schemaVersion is 2, and this gatebench reads up to 1',
    );
  });

  it('cuts a long list of problems short', () => {
    const keys = Array.from({ length: 50 }, (_, at) => `    - { role: ${at} }\n`).join('');
    const found = problems(`${GOOD}${keys}`).split('\n');
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('and 80 more');
  });

  it('takes any text, and returns or refuses it in words', () => {
    const line = fc.constantFrom(
      'a: &x [1]',
      'b: *x',
      '- c',
      '? d',
      ': e',
      '"\\0": f',
      '...',
      '---',
      '{',
      ']',
      '<<: *x',
      '!!binary x',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(line).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, (document) => {
        expect(problems(document)).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('tells all problems at once', () => {
    const found = problems(GOOD.replace('150', '-1').replace('60ms', 'sixty')).split('\n');
    expect(found).toEqual([
      expect.stringContaining('mine.yaml:5: load.vus.1:'),
      expect.stringContaining('mine.yaml:9: upstream.latency: a duration such as 60ms'),
    ]);
  });
});
