import { describe, expect, it } from 'vitest';
import { estimatePrice, machineCount, priceText } from '../../src/cloud/price-estimate.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import type { PriceList } from '../../src/model/cloud.js';
import { readProvider } from '../../src/store/providers.js';

const prices: PriceList = {
  currency: 'USD',
  asOf: '2026-01',
  source: 'example.com/prices',
  defaultMachineType: 'big',
  machines: { big: 1, small: 0.25 },
  spotFactor: 0.4,
  diskPerGbHour: 0.001,
  defaultDiskGb: 50,
  addressPerHour: 0.01,
};
const asked = { topology: 'single', loadCount: 1, machineType: null, diskGb: null, spot: false } as const;

describe('what an hour costs', () => {
  it('is machine, disk and address', () => {
    expect(estimatePrice(prices, asked).perHour).toBeCloseTo(1.06);
  });

  it('Spot lowers the machine alone', () => {
    expect(estimatePrice(prices, { ...asked, spot: true }).perHour).toBeCloseTo(0.46);
  });

  it('split has a gateway, an upstream and the load machines', () => {
    expect(machineCount('split', 3)).toBe(5);
    expect(estimatePrice(prices, { ...asked, topology: 'split', loadCount: 3 }).perHour).toBeCloseTo(5.3);
  });

  it('an unknown machine type has no price, and says so', () => {
    const estimate = estimatePrice(prices, { ...asked, machineType: 'huge' });
    expect(estimate.perHour).toBeNull();
    expect(priceText(prices, estimate, false)).toBe('1 × huge: no price known; see example.com/prices');
  });

  it('is called an estimate, with date and source', () => {
    expect(priceText(prices, estimatePrice(prices, asked), false)).toMatch(/estimated 1\.06 USD .*2026-01: example/);
    expect(priceText(prices, estimatePrice(prices, { ...asked, spot: true }), true)).toMatch(/\(Spot\).*at most 0\.46/);
  });

  it('the published machine is on the list', async () => {
    const gcp = await readProvider(`${PACKAGE_ROOT}/terraform`, 'gcp');
    expect(gcp.prices?.machines[gcp.prices.defaultMachineType]).toBeGreaterThan(0);
    expect(gcp.prices?.defaultMachineType).toBe('n2-standard-8');
  });
});
