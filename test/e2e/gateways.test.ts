import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellRecord } from '../../src/model/record.js';
import { gatewayLabel } from '../../src/model/resolved-gateway.js';
import { cli } from '../support/cli.js';
import { installedLabels } from './installed.js';

// These baselines are measured in tls.test.ts.
const SPARED = ['caddy', 'caddy:pool', 'haproxy'];
const labels = (await installedLabels()).filter((label) => !SPARED.includes(label));
const VUS = 20;

/** A record, and what the report derived from it and the run's other records. */
type Measured = CellRecord & { derived: { outcome: { kind: string }; overheadUs: unknown } | undefined };

/** Measure every gateway that is installed, once, and read its records. */
async function measureAll(scenario: string): Promise<Map<string, Measured>> {
  const out = await mkdtemp(join(tmpdir(), 'gatebench-e2e-'));
  try {
    const length = ['--vus', String(VUS), '--warmup', '2s', '--duration', '4s', '--retry-invalid', '0'];
    const pauses = ['--cooldown', '0s', '--idle', '0s', '--recovery', '0s', '--no-calibration'];
    const result = await cli(['bench', '-g', labels.join(), '-s', scenario, ...length, ...pauses, '--out', out]);
    process.stderr.write(result.stderr);
    const run = join(out, readdirSync(out)[0] ?? '');
    const reported: ({ cell: { id: string } } & NonNullable<Measured['derived']>)[] = JSON.parse(
      await readFile(join(run, 'report', 'results.json'), 'utf8'),
    ).cells;
    const records = new Map<string, Measured>();
    for (const cell of readdirSync(join(run, 'cells'))) {
      const record = CellRecord.parse(JSON.parse(await readFile(join(run, 'cells', cell, 'record.json'), 'utf8')));
      const derived = reported.find(({ cell: { id } }) => id === record.cell.id);
      records.set(gatewayLabel({ name: record.cell.gateway, variant: record.cell.variant }), { ...record, derived });
    }
    expect(result.exitCode).toBe(0);
    return records;
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

describe.each(['quick', 'streaming'])('scenario %s on the real gateways', (scenario) => {
  let records: Map<string, Measured>;
  beforeAll(async () => {
    records = await measureAll(scenario);
  });
  afterAll(() => {
    const rates = [...records].map(([label, { ratePerSec }]) => `${label} ${ratePerSec?.toFixed(0)}`);
    process.stderr.write(`${scenario}, ${VUS} VUs, requests a second: ${rates.join(', ')}\n`);
  });

  it.each(labels)('%s answers every request, and all of them are accounted for', (label) => {
    const record = records.get(label);
    // A machine shared with others can make a window invalid, and that is then said; it can't make a request fail.
    expect(['ok', 'invalid'], JSON.stringify(record?.outcome)).toContain(record?.outcome.kind);
    const { requests, latencyUs, resources } = record ?? {};
    expect(requests?.failed).toEqual({});
    expect(requests?.ok).toBeGreaterThan(VUS);
    expect(requests?.sent).toBe((requests?.ok ?? 0) + (requests?.inFlightAtEnd ?? 0));
    expect(latencyUs?.count).toBe(requests?.ok);
    // The upstream takes 60 ms: nobody can be faster.
    expect(latencyUs?.min).toBeGreaterThan(59_000);
    if (label === 'direct') return;
    expect(record?.gateway.version).toMatch(/^\d+\.\d+/);
    // A trusted cell has no overhead against a direct one that isn't.
    if (record?.derived?.outcome.kind !== 'ok' || records.get('direct')?.derived?.outcome.kind === 'ok') {
      expect(record?.derived?.overheadUs).toMatchObject({ p50: expect.any(Number) });
    }
    expect(resources?.gateway?.cpuUsPerRequest).toBeGreaterThan(0);
    expect(resources?.gateway?.rssBytesMax).toBeGreaterThan(5e6);
  });
});
