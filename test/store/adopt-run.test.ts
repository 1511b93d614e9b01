import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CellRecord } from '../../src/model/record.js';
import { adoptedCells, adoptRun, incomingFolder, remeasuredCells } from '../../src/store/adopt-run.js';
import { recordOf, runOf } from '../support/record-builder.js';

let results: string;
let incoming: string;
beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), 'gatebench-adopt-'));
  incoming = (await incomingFolder(results)).path;
});
afterEach(() => rm(results, { recursive: true, force: true }));

const records = [recordOf({ gateway: 'direct', vus: 50 }), recordOf({ gateway: 'direct', vus: 150 })];
const run = runOf(records, { id: 'the-run' });

/** As a host's files arrive. */
async function arrive(arrived: CellRecord[]): Promise<void> {
  await mkdir(join(incoming, run.id), { recursive: true });
  await writeFile(join(incoming, run.id, 'run.json'), JSON.stringify(run));
  for (const record of arrived) {
    const cell = join(incoming, run.id, 'cells', record.cell.id);
    await mkdir(cell, { recursive: true });
    await writeFile(join(cell, 'record.json'), JSON.stringify(record));
    await writeFile(join(cell, 'samples.jsonl'), '{}\n');
  }
}
const adopt = () => adoptRun(incoming, run.id, results);
const first = records[0]?.cell.id ?? '';

describe('results that were measured elsewhere', () => {
  it('appear cell by cell, with all their files', async () => {
    await arrive(records.slice(0, 1));
    expect(await adopt()).toEqual([first]);
    expect(await readdir(join(results, run.id, 'cells', first))).toEqual(['record.json', 'samples.jsonl']);
    await arrive(records.slice(1));
    expect(await adopt()).toEqual(records.slice(1).map(({ cell }) => cell.id));
    expect((await adoptedCells(results, run.id)).sort()).toEqual(records.map(({ cell }) => cell.id).sort());
  });

  it('a record that a later cell completed replaces the one that is here', async () => {
    await arrive(records.slice(0, 1));
    await adopt();
    const completed = records.slice(0, 1).map((record) => ({ ...record, endedAt: '2026-01-02T03:04:05.000Z' }));
    await arrive(completed);
    expect(await adopt()).toEqual([]);
    const here = JSON.parse(await readFile(join(results, run.id, 'cells', first, 'record.json'), 'utf8'));
    expect(here.endedAt).toBe('2026-01-02T03:04:05.000Z');
  });

  it('a record that is cut off is refused, and the one that is here stays', async () => {
    await arrive(records.slice(0, 1));
    await adopt();
    const before = await readFile(join(results, run.id, 'cells', first, 'record.json'), 'utf8');
    await arrive(records.slice(0, 1));
    await writeFile(join(incoming, run.id, 'cells', first, 'record.json'), before.slice(0, 100));
    await expect(adopt()).rejects.toThrow(/record .*can't be read/);
    expect(await readFile(join(results, run.id, 'cells', first, 'record.json'), 'utf8')).toBe(before);
  });

  it('cells that were measured anew since are told from those that were only completed', async () => {
    await arrive(records);
    await adopt();
    const [completed, anew] = records;
    if (!completed || !anew) throw new Error('no records');
    await arrive([
      { ...completed, endedAt: '2026-05-02T03:04:05.000Z' },
      { ...anew, startedAt: '2026-05-01T00:00:00.000Z' },
    ]);
    expect(await remeasuredCells(incoming, run.id, results)).toEqual([anew.cell.id]);
  });

  it('a cell that failed is no finished one, and is replaced whole once it was measured again', async () => {
    const [record] = records;
    if (!record) throw new Error('no record');
    const failed: CellRecord = {
      ...record,
      startedAt: '2026-01-01T00:00:00.000Z',
      outcome: { kind: 'failed', stage: 'mock', error: 'e', logTail: [] },
    };
    await arrive([failed]);
    await writeFile(join(incoming, run.id, 'cells', first, 'samples.jsonl'), 'of the failed one\n');
    expect(await adopt()).toEqual([first]);
    expect(await adoptedCells(results, run.id)).toEqual([]);
    await arrive([{ ...record, startedAt: '2026-01-01T01:00:00.000Z' }]);
    expect(await adopt()).toEqual([first]);
    expect(await adoptedCells(results, run.id)).toEqual([first]);
    expect(await readFile(join(results, run.id, 'cells', first, 'samples.jsonl'), 'utf8')).toBe('{}\n');
  });

  it('a cell that the run never planned is left out', async () => {
    await arrive(records);
    await mkdir(join(incoming, run.id, 'cells', '.partial-x'), { recursive: true });
    await mkdir(join(incoming, run.id, 'cells', 'another'), { recursive: true });
    await adopt();
    expect(existsSync(join(results, run.id, 'cells', 'another'))).toBe(false);
    expect(await readdir(join(results, run.id, 'cells'))).toHaveLength(records.length);
  });

  it('what is beside the cells comes too, but for the report, which is made here', async () => {
    await arrive([]);
    await mkdir(join(incoming, run.id, 'profiles'));
    await writeFile(join(incoming, run.id, 'profiles', 'x.txt'), 'x');
    await mkdir(join(incoming, run.id, 'report'));
    await adopt();
    expect((await readdir(join(results, run.id))).sort()).toEqual(['cells', 'profiles', 'run.json']);
  });
});
