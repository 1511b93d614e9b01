import { expect, it } from 'vitest';
import { reproduceCommands } from '../../src/report/reproduce.js';
import { recordOf, runOf } from '../support/record-builder.js';

it('quotes what a shell would take for its own', () => {
  const run = runOf([recordOf({ gateway: 'direct', vus: 50 })]);
  const latency = 'lognormal(p50=60ms,p99=200ms)';
  const drawn = { ...run, scenario: { ...run.scenario, upstream: { ...run.scenario.upstream, latency } } };
  expect(reproduceCommands(drawn).join('\n')).toContain(`--upstream-latency '${latency}' `);
  expect(reproduceCommands(run).join('\n')).toContain('--upstream-latency 60ms ');
});
