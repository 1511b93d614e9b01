import { afterAll, expect, it } from 'vitest';
import { makeRunCertificate } from '../../src/lib/run-certificate.js';
import { MockProcessDriver } from '../../src/upstream/local-mock.js';
import type { UpstreamDriver } from '../../src/upstream/upstream-driver.js';
import { directGateway, runOneCell } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

const { certificate, remove } = await makeRunCertificate();
afterAll(remove);

/** The real mock, and where it was. */
function seenMock(): { driver: UpstreamDriver; origins: string[] } {
  const mocks = new MockProcessDriver();
  const origins: string[] = [];
  const driver: UpstreamDriver = {
    start: async (start, signal) => {
      const mock = await mocks.start(start, signal);
      origins.push(mock.origin);
      return mock;
    },
  };
  return { driver, origins };
}

it.each([{ client: true }, { upstream: true }])('direct is over TLS with %j', async (tls) => {
  const { driver, origins } = seenMock();
  const record = await runOneCell(directGateway, aScenario({}, false, { tls }), {
    deps: { certificate, mockDriver: driver },
  });
  expect(record.outcome.kind, JSON.stringify(record.outcome)).not.toBe('failed');
  expect([record.requests?.failed, (record.requests?.ok ?? 0) > 10]).toEqual([{}, true]);
  // What the mock says of itself was read over TLS as well.
  expect(record.mock?.requests).toBeGreaterThan(10);
  expect(origins).toEqual([expect.stringMatching(/^https:/)]);
});

it('no cell of a scenario over TLS is measured plainly for want of a certificate', async () => {
  await expect(runOneCell(directGateway, aScenario({}, false, { tls: { client: true } }))).rejects.toThrow(
    'the run has no certificate',
  );
});
