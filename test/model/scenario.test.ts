import { expect, it } from 'vitest';
import { Scenario } from '../../src/model/scenario.js';
import { completeScenario } from '../../src/store/migrate.js';

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
