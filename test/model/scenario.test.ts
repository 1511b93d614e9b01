import { describe, expect, it } from 'vitest';
import { Scenario } from '../../src/model/scenario.js';
import { completeScenario } from '../../src/store/migrate.js';
import { aScenario } from '../support/scenario.js';

const scenarioOf = (load: Record<string, unknown>) => ({
  schemaVersion: 1,
  name: 'mine',
  title: 'Mine',
  load: { warmupS: 0, ...load },
  upstream: { latency: '60ms' },
  request: { messages: [{ role: 'user', content: 'Hi' }] },
});

const problems = (load: Record<string, unknown>) =>
  Scenario.safeParse(completeScenario(scenarioOf(load))).error?.issues.map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  ) ?? [];

it('takes closed and open loops, and stages of both', () => {
  expect(problems({ vus: [50], durationS: 5 })).toEqual([]);
  expect(problems({ model: 'open', ratePerSec: [0.5, 500], arrivals: 'poisson', durationS: 5 })).toEqual([]);
  expect(problems({ stages: [{ durationS: 5, vus: 10 }] })).toEqual([]);
  expect(
    problems({
      model: 'open',
      stages: [
        { durationS: 5, ratePerSec: 10 },
        { durationS: 2, ratePerSec: 3, ramp: true },
      ],
    }),
  ).toEqual([]);
});

it('takes the arrivals of a recording at its speed, or at a rate', () => {
  const recorded = (load: object, request: object = { replay: 'x.jsonl' }) => {
    const whole = { ...scenarioOf({ model: 'open', arrivals: 'recorded', durationS: 5, ...load }), request };
    return Scenario.safeParse(whole).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  };
  expect(recorded({})).toEqual([]);
  expect(recorded({ speed: [1, 0.5] })).toEqual([]);
  expect(recorded({ ratePerSec: [20] })).toEqual([]);
  expect(recorded({ ratePerSec: [20], speed: [2] })[0]).toContain('give one of them');
  expect(recorded({ stages: [{ durationS: 5, ratePerSec: 1 }] })[0]).toContain('load.stages: recorded arrivals');
  expect(recorded({}, { messages: [{ role: 'user', content: 'Hi' }] })[0]).toContain('need request.replay');
  expect(recorded({ arrivals: 'poisson', ratePerSec: [1], speed: [2] })[0]).toContain('add "arrivals: recorded"');
  expect(problems({ vus: [1], speed: [2], durationS: 5 })[0]).toContain('only an open loop has it');
});

it('lasts as long as its stages', () => {
  const { load } = Scenario.parse(
    completeScenario(
      scenarioOf({
        stages: [
          { durationS: 5, vus: 1 },
          { durationS: 2, vus: 3 },
        ],
      }),
    ),
  );
  expect(load.durationS).toBe(7);
});

it('says what doesn’t go together', () => {
  expect(problems({ durationS: 5 })).toEqual(['load.vus: required']);
  expect(problems({ vus: [1] })).toEqual(['load.durationS: required']);
  expect(problems({ vus: [1], ratePerSec: [5], durationS: 5 })[0]).toContain('add "model: open"');
  expect(problems({ model: 'open', vus: [1], durationS: 5 })).toHaveLength(2);
  expect(problems({ model: 'open', stages: [{ durationS: 5, vus: 10 }] })).toEqual([
    'load.stages.0.ratePerSec: a stage of this loop needs it',
    'load.stages.0.vus: not in a loop that is open',
  ]);
  expect(problems({ stages: [{ durationS: 5, vus: 10, ramp: true }] })).toEqual([
    'load.stages.0.ramp: there is no stage before it',
  ]);
  expect(problems({ stages: [{ durationS: 5, vus: 10 }], durationS: 9 })[0]).toContain('5 s together');
});

function issues(over: { upstream?: object; request?: object }): string[] {
  const base = aScenario();
  const parsed = Scenario.safeParse({
    ...base,
    upstream: { ...base.upstream, ...over.upstream },
    request: { ...base.request, ...over.request },
  });
  return parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a scenario', () => {
  it('takes faults as the mock does', () => {
    expect(issues({ upstream: { faults: ['429(2s):0.05', 'reset-mid:every=100', '503@10s..25s'] } })).toEqual([]);
    expect(issues({ upstream: { faults: ['418:0.1'] } })).toEqual([
      expect.stringMatching(/^upstream\.faults\.0: there is no fault "418"/),
    ]);
    expect(issues({ upstream: { faults: ['500:0.7', '503:0.4'] } })).toEqual([
      expect.stringMatching(/^upstream\.faults: the shares of all faults add up to 1\.1/),
    ]);
    expect(issues({ upstream: { faults: [] } })).toHaveLength(1);
    expect(issues({ upstream: { second: { latency: '90ms', faults: ['500@x'] } } })).toEqual([
      expect.stringMatching(/^upstream\.second\.faults\.0: /),
    ]);
  });

  it.each([
    ['valid', true],
    ['many(10000)', true],
    ['many(0)', false],
    ['wrong', false],
  ])('keys %s: %s', (keys, isRight) => {
    expect(issues({ request: { keys } })).toHaveLength(isRight ? 0 : 1);
  });
});
