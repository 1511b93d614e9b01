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

  it('tells all problems at once', () => {
    const found = problems(GOOD.replace('150', '-1').replace('60ms', 'sixty')).split('\n');
    expect(found).toEqual([
      expect.stringContaining('mine.yaml:5: load.vus.1:'),
      expect.stringContaining('mine.yaml:9: upstream.latency: a duration such as 60ms'),
    ]);
  });
});
