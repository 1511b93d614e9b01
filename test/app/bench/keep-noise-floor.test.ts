import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepNoiseFloor } from '../../../src/app/bench/keep-noise-floor.js';
import { NoiseFloors } from '../../../src/model/noise-floor.js';
import { RunFolder } from '../../../src/store/run-folder.js';
import { recordOf, runOf } from '../../support/record-builder.js';

/** A run of nginx at 50 VUs, against itself. */
async function aRun(parent: string, id: string, repeats: number, aa = true): Promise<RunFolder> {
  const records = ['default', 'again'].flatMap((variant) =>
    Array.from({ length: repeats }, (_, at) =>
      recordOf({ gateway: 'nginx', variant, vus: 50, repeat: at + 1, ratePerSec: 1000 + 3 * at + variant.length }),
    ),
  );
  const labels = aa ? { gateway: 'nginx', copy: 'nginx:again' } : null;
  const folder = await RunFolder.create(parent, runOf(records, { id, aa: labels }));
  for (const record of records) await (await folder.beginCell(record.cell.id)).commit(record);
  return folder;
}

async function parentFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  return parent;
}

async function kept(folder: RunFolder): Promise<string> {
  const said: string[] = [];
  await keepNoiseFloor(folder, (text) => said.push(text));
  return said.join('\n');
}

const floorsIn = async (parent: string) =>
  NoiseFloors.parse(JSON.parse(await readFile(join(parent, 'noise-floors.json'), 'utf8'))).floors;

it('keeps the floor of an A/A run beside the runs, the latest of a gateway', async () => {
  const parent = await parentFolder();
  expect(await kept(await aRun(parent, 'first', 4))).toMatch(/noise floor of nginx .*\n {2}50 VUs, 4 blocks: rate \d/);
  await kept(await aRun(parent, 'second', 5));
  expect(await floorsIn(parent)).toMatchObject([
    { runId: 'second', gateway: 'nginx', levels: [{ vus: 50, blocks: 5 }] },
  ]);
});

it('keeps nothing of another run, and says so where an A/A run has too few repeats', async () => {
  const parent = await parentFolder();
  expect(await kept(await aRun(parent, 'plain', 4, false))).toBe('');
  expect(await kept(await aRun(parent, 'short', 2))).toContain('no noise floor: fewer than three blocks');
  await expect(floorsIn(parent)).rejects.toThrow('ENOENT');
});

it('doesn’t write over a file that it can’t read', async () => {
  const parent = await parentFolder();
  await writeFile(join(parent, 'noise-floors.json'), '{');
  await expect(kept(await aRun(parent, 'first', 3))).rejects.toThrow(/noise-floors\.json can't be read/);
});
