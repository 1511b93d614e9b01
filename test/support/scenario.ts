import { Scenario } from '../../src/model/scenario.js';

/** A valid scenario with what a test cares about. */
export function aScenario(
  load: Partial<Scenario['load']> = {},
  stream = false,
  over: { upstream?: object; request?: object; tls?: object } = {},
): Scenario {
  return Scenario.parse({
    schemaVersion: 1,
    name: 'test',
    title: 'Test',
    load: { vus: [5], warmupS: 0.3, durationS: 1, idleS: 0.2, recoveryS: 0.2, cooldownS: 0, ...load },
    upstream: { latency: '5ms', ...over.upstream },
    ...(over.tls === undefined ? {} : { tls: over.tls }),
    request: { stream, messages: [{ role: 'user', content: 'hello' }], ...over.request },
  });
}
