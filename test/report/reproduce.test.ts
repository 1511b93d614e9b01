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

it('names the other hosts, and how they came by their k6', () => {
  const run = runOf([recordOf({ gateway: 'direct', vus: 50 })]);
  expect(reproduceCommands(run).join('\n')).not.toMatch(/--k6-|-host|-address/);
  const hosts = ['me@192.0.2.11', 'me@192.0.2.12:2222'];
  const remote = (program: string | null) => ({
    ...run,
    engine: { name: 'k6', version: '1.8.1', remote: { hosts, gatewayAddress: '192.0.2.10', program } },
    upstreamHost: 'me@192.0.2.13',
  });
  expect(reproduceCommands(remote(null)).at(-1)).toContain(
    '--k6-hosts me@192.0.2.11,me@192.0.2.12:2222 --k6-send --gateway-address 192.0.2.10 --upstream-host me@192.0.2.13',
  );
  expect(reproduceCommands(remote('/opt/k6')).at(-1)).toContain(' --k6-path /opt/k6 --gateway-address');
});
