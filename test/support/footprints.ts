import { GatewayFootprint } from '../../src/model/footprint.js';
import type { Prices } from '../../src/model/prices.js';

/** What was measured of a gateway on the machine of {@link import('./record-builder.js').runOf}. */
export function aFootprint(over: Partial<GatewayFootprint> = {}): GatewayFootprint {
  return GatewayFootprint.parse({
    gateway: 'ferro',
    variant: 'default',
    title: 'Ferro',
    version: '1.0.0',
    measuredAt: '2026-04-02T10:00:00.000Z',
    harness: { version: '0.1.0', commit: null },
    machine: { hostname: 'bench', cpuModel: 'Example CPU', cores: 8, architecture: 'x64', kernel: '6.1.0' },
    pageCaches: { kind: 'dropped' },
    starts: [0.31, 0.3, 0.9].map((firstResponseS) => ({
      firstResponseS,
      uncertaintyS: 0.004,
      requests: 40,
      readBytes: 20 * 2 ** 20,
      otherCpuPercent: 0.5,
    })),
    installed: { diskBytes: 30 * 2 ** 20, fileBytes: 29 * 2 ** 20, files: 1234 },
    ...over,
  });
}

/** Prices that are easy to multiply with: 0.036 a vCPU-hour is 0.00001 a second. */
export const ROUND_PRICES: Prices = {
  schemaVersion: 1,
  currency: 'USD',
  machines: [
    {
      name: 'Round',
      title: 'A machine of round prices',
      perVcpuHour: 0.036,
      perGibHour: 0.0036,
      asOf: '2026-01-02',
      source: 'https://example.com/prices',
    },
  ],
};
