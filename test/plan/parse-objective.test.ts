import { expect, it } from 'vitest';
import { Objective } from '../../src/model/capacity.js';
import { frontierObjectives, parseObjective } from '../../src/plan/parse-objective.js';

it('reads percentiles, added ones and errors', () => {
  expect(parseObjective(' p99<=100ms, errors<0.1% ')).toEqual({
    text: 'p99<=100ms, errors<0.1%',
    terms: [
      { metric: 'latency', percentile: 'p99', limitUs: 100_000 },
      { metric: 'errors', limitShare: 0.001 },
    ],
  });
  expect(parseObjective('added-p999 < 1.5s')).toMatchObject({
    terms: [{ metric: 'added', percentile: 'p999', limitUs: 1_500_000 }],
  });
});

it.each([
  ['fast', '"fast" is not an objective'],
  ['', '"" is not an objective'],
  ['p97<=1ms', '"p97" is nothing that an objective can be about'],
  ['added-errors<1%', '"errors" is nothing'],
  ['p99<=100', 'it has no unit'],
  ['p99<=0ms', 'nothing takes no time'],
  ['p99<=-1ms', 'time does not run backwards'],
  ['errors<0.1', 'write a share of all requests'],
  ['errors<100%', 'write a share of all requests'],
  ['p99<=1ms,p99<=2ms', 'p99 has two limits'],
])('refuses %j', (text, problem) => {
  expect(parseObjective(text)).toEqual({ problem: expect.stringContaining(problem) });
});

it('makes a frontier of objectives that can be read again', () => {
  for (const objective of frontierObjectives([1, 100])) {
    expect(parseObjective(objective.text)).toEqual(objective);
    expect(() => Objective.parse(objective)).not.toThrow();
  }
});
