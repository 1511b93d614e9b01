import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { newHistogram, recordUs } from '../../common/histogram.js';
import { latencySummary } from '../../src/load/latency-summary.js';
import { Cell } from '../../src/model/cell.js';
import { Latency } from '../../src/model/load.js';
import { renderReport } from '../../src/report/report.js';
import { toJson } from '../../src/store/json-file.js';
import { RunFolder } from '../../src/store/run-folder.js';
import { recordOf, runOf } from '../support/record-builder.js';

const records = [recordOf({ gateway: 'direct', vus: 5 }), recordOf({ gateway: 'kong', vus: 5 })];
const run = runOf(records);
const CELL = 'kong-v5-r1';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  ({ path: folder } = await RunFolder.create(parent, structuredClone(run)));
  for (const record of records) {
    await mkdir(join(folder, 'cells', record.cell.id));
    await writeFile(join(folder, 'cells', record.cell.id, 'record.json'), toJson(record));
  }
});

/** Set a field, given as a dotted path, in a JSON file. */
async function edit(file: string, path: string, value: unknown): Promise<void> {
  const document: unknown = JSON.parse(await readFile(file, 'utf8'));
  const keys = path.split('.');
  let parentOf: unknown = document;
  for (const key of keys.slice(0, -1)) parentOf = Reflect.get(Object(parentOf), key);
  Reflect.set(Object(parentOf), keys.at(-1) ?? '', value);
  // JSON has no infinity, but a number too large for a double becomes one.
  await writeFile(file, JSON.stringify(document).replace('"1e309"', '1e309'));
}

const read = async () => (await RunFolder.open(folder)).readRecords();

describe('run.json', () => {
  it.each([
    ['../../../ESCAPED', 'a path out of the run'],
    ['..', 'the folder above'],
    ['a/b', 'a path'],
    ['.partial-x', 'a hidden folder'],
    ['', 'nothing'],
    ['x'.repeat(300), 'a name too long for a folder'],
    ['a\0b', 'a NUL'],
  ])('with the cell id %j, %s, is refused by name', async (id) => {
    await edit(join(folder, 'run.json'), 'cells.1.id', id);
    await expect(RunFolder.open(folder)).rejects.toThrow(/run\.json is not valid: cells\.1\.id: /);
  });

  it('with the same cell twice is refused', async () => {
    await edit(join(folder, 'run.json'), 'cells.1.id', 'direct-v5-r1');
    await expect(RunFolder.open(folder)).rejects.toThrow("cells.1.id: direct-v5-r1 is another cell's id too");
  });

  it.each([
    ['id', '../elsewhere'],
    ['gateways.0.gateway', '../kong'],
    ['cells.0.gateway', 'kong/..'],
    ['cells.0.repeat', 0],
    ['seed', -1],
    ['createdAt', 'yesterday'],
  ])('with %s %j is refused', async (path, value) => {
    await edit(join(folder, 'run.json'), path, value);
    await expect(RunFolder.open(folder)).rejects.toThrow(`not valid: ${path}`);
  });
});

describe('samples', () => {
  it('that are damaged are left out and counted', async () => {
    const sample = {
      atS: 1,
      phase: 'window',
      gateway: null,
      mock: null,
      engine: null,
      host: { cpuPercent: 5, stealPercent: 0, load1: 0.5 },
    };
    const line = JSON.stringify(sample);
    const lines = [line, line.slice(0, 20), line, '[]', line, '{"atS": '];
    await writeFile(join(folder, 'cells', CELL, 'samples.jsonl'), lines.join('\n'));
    const opened = await RunFolder.open(folder);
    const { samples, damage } = await opened.readSamples(CELL);
    expect(samples).toHaveLength(3);
    expect(damage).toMatch(/^3 of 6 lines of .*kong-v5-r1\/samples\.jsonl are damaged, the first is line 2$/);
    expect(await opened.readSamples('direct-v5-r1')).toEqual({ samples: [], damage: null });
  });
});

describe('a file of a newer gatebench', () => {
  it.each(['run.json', `cells/${CELL}/record.json`])('is said to be one: %s', async (file) => {
    await edit(join(folder, file), 'schemaVersion', 3);
    await edit(join(folder, file), 'newField', 1);
    const { damaged } = await read().catch((error: Error) => ({ damaged: [{ reason: error.message }] }));
    expect(damaged).toEqual([
      expect.objectContaining({
        reason: expect.stringContaining(
          `${file} was written by a newer gatebench: its schemaVersion is 3, and this gatebench reads up to 2`,
        ),
      }),
    ]);
  });
});

describe('a record', () => {
  it.each([
    ['ratePerSec', -5],
    ['ratePerSec', 1e308],
    ['ratePerSec', '1e309'],
    ['requests.ok', -1],
    ['requests.ok', 1.5],
    ['requests.failed.reset', -1],
    ['requests.statusCodes', { '../x': 1 }],
    ['latencyUs.p50', -1],
    ['latencyUs.p99', 1e300],
    ['latencyUs.p90', 10],
    ['latencyUs.max', 1],
    ['latencyUs.mean', 1],
    ['latencyUs.histogram', '<b>'],
    ['meanResponseUs', -1],
    ['resources.gateway.cpuPercentMean', -3],
    ['resources.gateway.rssBytesMax', -1],
    ['resources.gateway.processesMax', 0.5],
    ['resources.host.cpuPercentMean', 1_000],
    ['mock.latenessUs.p99', -1],
    ['window.measuredS', -60],
    ['eventLoopUtilisation', 40],
    ['gateway.colour', 'red;} body { display: none'],
    ['startedAt', '../then'],
  ])('with %s %j is damaged, and so named in the report', async (path, value) => {
    await edit(join(folder, 'cells', CELL, 'record.json'), path, value);
    const { records: whole, damaged } = await read();
    expect(whole.map(({ cell }) => cell.id)).toEqual(['direct-v5-r1']);
    expect(damaged).toEqual([{ cellId: CELL, reason: expect.stringContaining(`${CELL}/record.json is not valid: `) }]);
    expect(damaged[0]?.reason).toContain(path.split('.')[0]);
    const report = renderReport({ run, records: whole, damaged, samplesByCell: new Map(), flames: [], claims: null });
    expect(report.markdown()).toContain('2 planned, 1 ok, 1 with a damaged record (see Validity)');
    expect(report.markdown()).toMatch(/\| kong-v5-r1 \| record \| damaged \| the record .* is not valid/);
    expect(report.terminal({ colour: false })).toMatch(/kong-v5-r1 +record +damaged/);
    expect(JSON.parse(report.json).damaged).toEqual(damaged);
  });

  it('in the folder of another cell is damaged', async () => {
    await rm(join(folder, 'cells', CELL), { recursive: true });
    await cp(join(folder, 'cells', 'direct-v5-r1'), join(folder, 'cells', CELL), { recursive: true });
    const { damaged } = await read();
    expect(damaged).toEqual([
      { cellId: CELL, reason: expect.stringContaining('is that of cell direct-v5-r1, not of') },
    ]);
  });

  it.each([
    ['gateway', 'direct'],
    ['vus', 50],
    ['repeat', 2],
    ['profiler', 'perf'],
    ['stream', true],
  ])('whose %s is not what was planned is damaged', async (field, value) => {
    await edit(join(folder, 'cells', CELL, 'record.json'), `cell.${field}`, value);
    const { damaged } = await read();
    expect(damaged).toEqual([{ cellId: CELL, reason: expect.stringContaining(`${field} is ${value}, and `) }]);
  });

  it('as it was written is whole', async () => {
    expect(await read()).toEqual({ records, damaged: [] });
  });
});

describe('latencies', () => {
  it('of any set of requests are as a record may have them', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 2e8, noNaN: true }), { minLength: 1, maxLength: 50 }), (times) => {
        const histogram = newHistogram();
        for (const us of times) recordUs(histogram, us);
        expect(Latency.safeParse(latencySummary(histogram)).error).toBeUndefined();
      }),
    );
  });
});

describe('a cell', () => {
  it('has an id that is a folder name', () => {
    const { cell } = recordOf({ gateway: 'litellm', variant: 'workers', vus: 5, profiler: 'py-spy' });
    expect(Cell.parse(cell).id).toBe('litellm.workers-v5-r1-py-spy');
  });
});
