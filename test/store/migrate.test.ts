import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { MACHINE_SPEED_GATE } from '../../src/analysis/machine-speed.js';
import { GatewayManifest } from '../../src/model/gateway.js';
import { InstallFailure, InstallReceipt } from '../../src/model/install-method.js';
import { CellRecord } from '../../src/model/record.js';
import { Sample } from '../../src/model/resources.js';
import { Run } from '../../src/model/run.js';
import { ToolManifest } from '../../src/model/tool.js';
import { renderReport } from '../../src/report/report.js';
import type { RunEvent } from '../../src/run/cell-context.js';
import { type InstalledGateway, runPlan } from '../../src/run/run-plan.js';
import {
  migrateInstallFailure,
  migrateManifest,
  migrateReceipt,
  migrateRecord,
  migrateRun,
  migrateSample,
} from '../../src/store/migrate.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { directGateway, realDependencies, receipt } from '../support/cell-runner.js';
import { aManifest } from '../support/manifest.js';
import { recordOf, runOf } from '../support/record-builder.js';

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'run-schema-1');

interface Reported {
  outcome: string;
  ratePerSec: number;
  p50Us: number;
  p99Us: number;
  overheadUs: { p50: number; p99: number } | null;
  gates: [gate: string, verdict: string][];
  inFlightAtEnd: number;
  inFlightAtStart: number;
  rssBytesAfter: number | null;
}

describe('a run folder of schema version 1', () => {
  it('gives the figures that the version which made it reported', async () => {
    const reported: Record<string, Reported> = JSON.parse(await readFile(join(FIXTURE, 'reported.json'), 'utf8'));
    const { records, damaged } = await (await RunFolder.open(FIXTURE)).readRecords();
    expect(damaged).toEqual([]);
    const figures = deriveRun(records).map((cell): [string, Reported] => [
      cell.cell.id,
      {
        outcome: cell.outcome.kind,
        ratePerSec: cell.ratePerSec ?? 0,
        p50Us: cell.latencyUs?.p50 ?? 0,
        p99Us: cell.latencyUs?.p99 ?? 0,
        overheadUs: cell.overheadUs,
        // Judged since.
        gates: cell.gates.flatMap(({ gate, verdict }) => (gate === MACHINE_SPEED_GATE ? [] : [[gate, verdict]])),
        inFlightAtEnd: cell.requests?.inFlightAtEnd ?? -1,
        inFlightAtStart: cell.requests?.inFlightAtStart ?? -1,
        rssBytesAfter: cell.resources.gateway?.rssBytesAfter ?? null,
      },
    ]);
    expect(figures).toHaveLength(10);
    const { 'nginx-v150-r1': nginx } = reported;
    if (nginx === undefined) throw new Error('the cell is in the report');
    // Against a direct cell that isn't trusted, that version gave -7.3 ms.
    expect(nginx.overheadUs?.p50).toBeLessThan(-7_000);
    expect(Object.fromEntries(figures)).toEqual({ ...reported, 'nginx-v150-r1': { ...nginx, overheadUs: null } });
  });

  it('has a report, with samples and profiles', async () => {
    const folder = await RunFolder.open(FIXTURE);
    const { records } = await folder.readRecords();
    const { samples } = await folder.readSamples('nginx-v50-r1');
    expect(new Set(samples.map(({ phase }) => phase))).toEqual(new Set(['idle', 'warmup', 'window', 'recovery']));
    expect((await folder.readProfile('portkey-v50-r1-cpuprofile'))?.stacks.length).toBeGreaterThan(20);
    const report = renderReport({
      run: folder.run,
      records,
      samplesByCell: new Map([['nginx-v50-r1', samples]]),
      flames: [],
      claims: null,
    });
    expect(report.markdown()).toMatch(/10 planned, 5 ok, 5 invalid/);
    expect(report.terminal({ colour: false })).toMatch(/\n 50 +99\.3 +~493\.9 .* \+433\.2 +\+750\.6 /);
    expect(report.csv).toContain('nginx-v50-r1');
    expect(report.charts.map(({ fileName }) => fileName)).toContain('cpu-over-time-nginx.png');
  });

  it('can be resumed: finished cells stay, what is missing is measured in the current version', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'gatebench-schema-1-'));
    onTestFinished(() => rm(copy, { recursive: true }));
    await cp(FIXTURE, copy, { recursive: true });
    await rm(join(copy, 'cells', 'direct-v50-r1'), { recursive: true });
    const run = JSON.parse(await readFile(join(copy, 'run.json'), 'utf8'));
    Object.assign(run.scenario.load, { warmupS: 0.3, durationS: 1, idleS: 0.1, recoveryS: 0.1 });
    await writeFile(join(copy, 'run.json'), JSON.stringify(run));
    const installed: InstalledGateway = { gateway: directGateway, receipt, installDir: '/', skip: null };
    const events: RunEvent[] = [];
    const records = await runPlan(
      {
        folder: await RunFolder.open(copy),
        gateways: new Map(['direct', 'nginx', 'portkey', 'litellm'].map((label) => [label, installed])),
        retryInvalid: 0,
        signal: new AbortController().signal,
        onEvent: (event) => events.push(event),
      },
      realDependencies(),
    );
    expect(records).toHaveLength(10);
    expect(events.flatMap((event) => (event.type === 'cell-started' ? event.cell.id : []))).toEqual(['direct-v50-r1']);
    const finished = JSON.parse(await readFile(join(copy, 'cells', 'direct-v50-r1', 'record.json'), 'utf8'));
    expect(CellRecord.parse(finished).requests?.ok).toBeGreaterThan(50);
    expect(Run.parse(JSON.parse(await readFile(join(copy, 'run.json'), 'utf8'))).id).toBe(run.id);
    const again = await (await RunFolder.open(copy)).readRecords();
    expect(again.damaged).toEqual([]);
    expect(deriveRun(again.records)).toEqual(records);
  });
});

describe('run.json of version 1', () => {
  const current = runOf([recordOf({ gateway: 'kong', vus: 50, outcome: { kind: 'skipped', reason: 'none' } })]);
  const { turboEnabled: _, ...machine } = current.machine;
  const old = {
    ...current,
    schemaVersion: 1,
    machine: { ...machine, turbo: null },
    placement: { kind: 'pinned', rig: '0-1', gateway: '2-7', chosenBy: 'auto' },
    flame: { rateHz: 99, notHere: [{ gateway: 'kong', profiler: 'perf', reason: 'no perf', remedy: 'install it' }] },
    gateways: [{ ...current.gateways[0], skip: { reason: 'none', remedy: 'setup' } }],
  };

  it('gets the current names', () => {
    const run = Run.parse(migrateRun(old));
    expect(run.placement).toMatchObject({ load: '0-1', gateway: '2-7' });
    expect(run.flame?.unavailable).toEqual([
      { gateway: 'kong', profiler: 'perf', reason: 'no perf', hint: 'install it' },
    ]);
    expect(run.gateways[0]?.skip).toEqual({ reason: 'none', hint: 'setup' });
    expect(run.scenario.load).toMatchObject({ idleS: 2, recoveryS: 5 });
  });

  it.each([
    ['AMD EPYC', '1', true],
    ['AMD EPYC', '0', false],
    ['AMD EPYC', null, null],
    // Either of two files with opposite meanings was read: nobody can tell any more.
    ['Intel(R) Xeon(R)', '1', null],
    ['Intel(R) Xeon(R)', '0', null],
    [null, '1', null],
  ])('on %s with turbo %s says %s', (cpuModel, turbo, turboEnabled) => {
    const run = Run.parse(migrateRun({ ...old, machine: { ...machine, cpuModel, turbo } }));
    expect(run.machine.turboEnabled).toBe(turboEnabled);
  });

  it('of before placement and flame were kept gets their defaults', () => {
    const { placement: _p, flame: _f, ...older } = old;
    expect(Run.parse(migrateRun(older))).toMatchObject({ placement: { kind: 'off' }, flame: null });
  });
});

describe('record.json of version 1', () => {
  const record = recordOf({ gateway: 'ferro', vus: 50 });
  const { inFlightAtEnd, inFlightAtStart, ...requests } = record.requests ?? {};
  const old = {
    ...record,
    schemaVersion: 1,
    overheadUs: { p50: 1, p99: 2 },
    gates: [...record.gates, { gate: 'direct p99', verdict: 'pass', value: 1, message: 'derived' }],
    requests: { ...requests, unfinished: inFlightAtEnd, carriedIn: inFlightAtStart },
    absent: { 'requests.unfinished': 'not counted', seconds: 'none' },
    engine: { ...record.engine, hosts: [hostOf({ unfinished: 3 })] },
  };

  it('gets the current names, and loses what was derived', () => {
    expect(CellRecord.parse(migrateRecord(old))).toEqual({
      ...record,
      absent: { 'requests.inFlightAtEnd': 'not counted', seconds: 'none' },
      engine: { ...record.engine, hosts: [hostOf({ inFlightAtEnd: 3 })] },
    });
  });

  it.each([
    [
      { kind: 'skipped', reason: 'r', remedy: 'h' },
      { kind: 'skipped', reason: 'r', hint: 'h' },
    ],
    [
      { kind: 'failed', stage: 'settle', error: 'e', nextStep: 'h', logTail: [] },
      { kind: 'failed', stage: 'preflight', error: 'e', hint: 'h', logTail: [] },
    ],
    [
      { kind: 'crashed', exitCode: 1, signal: null, phase: 'after', atS: 3, reason: 'r', logTail: [] },
      { kind: 'crashed', exitCode: 1, signal: null, phase: 'recovery', atS: 3, reason: 'r', logTail: [] },
    ],
  ])('outcome %j becomes %j', (outcome, expected) => {
    expect(CellRecord.parse(migrateRecord({ ...old, outcome })).outcome).toEqual(expected);
  });

  it('of the current version is left alone, and anything else is for the schema to refuse', () => {
    expect(migrateRecord(record)).toBe(record);
    for (const document of [null, 7, 'x', [], { schemaVersion: 1 }, { schemaVersion: 3 }]) {
      expect(CellRecord.safeParse(migrateRecord(document)).success).toBe(false);
    }
  });
});

describe('other files of the earlier version', () => {
  it('samples', () => {
    const host = { cpuPercent: null, stealPercent: null, load1: null };
    const sample = { atS: 61, phase: 'after', gateway: null, mock: null, engine: null, host };
    expect(Sample.parse(migrateSample(sample)).phase).toBe('recovery');
  });

  it('receipts and failures of an install', () => {
    const { method, ...rest } = receipt;
    expect(InstallReceipt.parse(migrateReceipt({ ...rest, schemaVersion: 1, way: method }))).toEqual(receipt);
    const failure = { failedAt: 'f', failures: [{ way: 'pip', reason: 'r', nextStep: 'n' }], remedy: 'h' };
    expect(InstallFailure.parse(migrateInstallFailure(failure))).toEqual({
      failedAt: 'f',
      failures: [{ method: 'pip', reason: 'r', hint: 'n' }],
      hint: 'h',
    });
  });

  let manifest: Record<string, unknown>;
  beforeEach(() => {
    manifest = {
      ...aManifest(),
      install: [{ way: 'existing', variable: 'GATEBENCH_X' }],
      variants: { built: { standsIn: true, install: [{ way: 'deb-unpack', packages: ['x'], program: 'x' }] } },
    };
  });

  it('manifests of gateways', () => {
    const parsed = GatewayManifest.parse(migrateManifest(manifest));
    expect(parsed).toMatchObject({
      install: [{ method: 'existing' }],
      variants: { built: { fallback: true, install: [{ method: 'deb-unpack' }] } },
    });
    expect(GatewayManifest.safeParse(manifest).success).toBe(false);
    expect(GatewayManifest.parse(migrateManifest(parsed))).toEqual(parsed);
  });

  it('manifests of tools', () => {
    const tool = {
      schemaVersion: 1,
      name: 'gun',
      title: 'Gun',
      version: '1',
      install: [{ way: 'existing', variable: 'GATEBENCH_GUN' }],
      versionProbe: { from: 'go-build-info' },
    };
    expect(ToolManifest.parse(migrateManifest(tool)).install[0]?.method).toBe('existing');
  });
});

function hostOf(fields: Record<string, number>) {
  return {
    host: 'me@192.0.2.7',
    vus: 5,
    sent: 9,
    ok: 6,
    failed: 0,
    clockUncertaintyMs: null,
    cpus: null,
    cpuPercentMean: null,
    hostBusyShare: null,
    absent: {},
    ...fields,
  };
}
