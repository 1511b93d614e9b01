import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { rootsOf } from '../../src/lib/roots.js';
import { readPrices } from '../../src/store/prices.js';
import { ROUND_PRICES } from '../support/footprints.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('prices', () => {
  it('come with gatebench, each with a date and a source', async () => {
    const { machines, currency } = await readPrices(rootsOf().prices);
    expect(currency).toBe('USD');
    expect(machines.length).toBeGreaterThanOrEqual(2);
    for (const { asOf, source, perVcpuHour, perGibHour } of machines) {
      expect(Date.parse(asOf)).toBeLessThan(Date.now());
      expect(source).toMatch(/^https:/);
      // A vCPU costs more than a GiB everywhere; both are cents.
      expect(perVcpuHour).toBeGreaterThan(perGibHour);
      expect(perVcpuHour).toBeLessThan(0.2);
    }
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no date', { asOf: 'last year' }, /asOf/],
    ['a negative price', { perVcpuHour: -1 }, /perVcpuHour/],
    ['a price per month', { perVcpuHour: 1e4 }, /perVcpuHour/],
    ['no source', { source: 'a friend' }, /source/],
  ])('with %s are refused, with file and line', async (_, over, message) => {
    const path = join(folder, 'prices.yaml');
    await writeFile(path, stringify({ ...ROUND_PRICES, machines: [{ ...ROUND_PRICES.machines[0], ...over }] }));
    await expect(readPrices(path)).rejects.toThrow(message);
    await expect(readPrices(path)).rejects.toThrow(/prices\.yaml:\d+/);
  });

  it('name each machine once', async () => {
    const path = join(folder, 'twice.yaml');
    const [machine] = ROUND_PRICES.machines;
    await writeFile(path, stringify({ ...ROUND_PRICES, machines: [machine, machine] }));
    await expect(readPrices(path)).rejects.toThrow(/each name once/);
  });
});
