import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInstallation, installFolder } from '../../src/install/receipt.js';
import { rootsOf } from '../../src/lib/roots.js';
import { makeRunCertificate } from '../../src/lib/run-certificate.js';
import { CellRecord } from '../../src/model/record.js';
import { gatewayLabel } from '../../src/model/resolved-gateway.js';
import { overTls } from '../../src/plan/tls.js';
import { findGateway, readGateways } from '../../src/store/gateways.js';
import { runOneCell } from '../support/cell-runner.js';
import { cli } from '../support/cli.js';
import { aScenario } from '../support/scenario.js';
import { installedLabels } from './installed.js';

const installed = await installedLabels();
/** Those that take requests over TLS; Python's starts take too long for a short test. */
const ABLE = ['direct', 'nginx', 'haproxy', 'caddy'].filter((label) => installed.includes(label));
const UNABLE = ['ferro:1.4.4', 'portkey'].filter((label) => installed.includes(label));

/** Measure gateways, for a moment, and read what became of them. */
async function measure(scenario: string, labels: readonly string[]) {
  const out = await mkdtemp(join(tmpdir(), 'gatebench-e2e-'));
  try {
    const moment = ['--vus', '10', '--warmup', '0.5s', '--duration', '1s', '--idle', '0s', '--recovery', '0s'];
    const rest = ['--cooldown', '0s', '--retry-invalid', '0', '--no-calibration', '--out', out];
    const { exitCode, stderr } = await cli(['bench', '-g', labels.join(), '-s', scenario, ...moment, ...rest]);
    process.stderr.write(stderr);
    const run = join(out, readdirSync(out)[0] ?? '');
    const records = new Map<string, CellRecord>();
    for (const cell of readdirSync(join(run, 'cells'))) {
      const record = CellRecord.parse(JSON.parse(await readFile(join(run, 'cells', cell, 'record.json'), 'utf8')));
      records.set(gatewayLabel({ name: record.cell.gateway, variant: record.cell.variant }), record);
    }
    const report = await readFile(join(run, 'report', 'report.md'), 'utf8');
    return { exitCode, records, report, plan: JSON.parse(await readFile(join(run, 'run.json'), 'utf8')) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

type Measured = Awaited<ReturnType<typeof measure>>;

function expectMeasured({ records }: Measured, label: string): void {
  const record = records.get(label);
  expect(['ok', 'invalid'], JSON.stringify(record?.outcome)).toContain(record?.outcome.kind);
  expect([record?.requests?.failed, (record?.requests?.ok ?? 0) > 10]).toEqual([{}, true]);
}

describe('TLS on both sides of real gateways', () => {
  let measured: Measured;
  beforeAll(async () => {
    measured = await measure('tls', [...ABLE, ...UNABLE]);
  });

  it.each(ABLE)('%s answers every request', (label) => expectMeasured(measured, label));

  it.each(UNABLE)('%s can’t take requests over TLS, is skipped, and says why', (label) => {
    expect(measured.records.get(label)?.outcome).toMatchObject({
      kind: 'skipped',
      reason: expect.stringContaining("it can't take requests over TLS: "),
    });
  });

  it('is in the plan and in the report', () => {
    expect(measured.exitCode).toBe(0);
    expect(measured.plan.scenario.tls).toEqual({ client: true, upstream: true });
    expect(measured.report).toContain('TLS on both sides of the gateway, direct over TLS as well');
  });
});

describe('TLS towards the upstream of real gateways', () => {
  let measured: Measured;
  const labels = ['direct', ...UNABLE];
  beforeAll(async () => {
    measured = await measure('tls-upstream', labels);
  });

  it.each(labels)('%s answers every request', (label) => expectMeasured(measured, label));
});

const roots = rootsOf();
const nginx = findGateway(await readGateways(roots.gateways), 'nginx');
const found = nginx.kind === 'process' ? await findInstallation(roots.installs, nginx) : { valid: false as const };

describe.skipIf(!found.valid)('a gateway that is told of another CA', async () => {
  const own = await makeRunCertificate();
  const other = await makeRunCertificate();
  afterAll(async () => {
    await Promise.all([own.remove(), other.remove()]);
  });

  it('asks an upstream that it can’t trust for nothing, and fails at its first request', async () => {
    const scenario = aScenario({}, false, { tls: { client: true, upstream: true } });
    const fitted = overTls(nginx, scenario);
    if (!('gateway' in fitted) || !found.valid || nginx.kind !== 'process') throw new Error('nginx takes TLS');
    const installed = { receipt: found.receipt, installDir: installFolder(roots.installs, nginx) };
    const outcomeWith = async (caFile: string) => {
      const certificate = { ...own.certificate, caFile };
      return (await runOneCell(fitted.gateway, scenario, { deps: { certificate }, installed })).outcome;
    };
    expect(await outcomeWith(other.certificate.caFile)).toMatchObject({
      kind: 'failed',
      stage: 'verify',
      error: expect.stringContaining('status 502'),
    });
  });
});
