import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CellRecord } from '../../src/model/record.js';
import { cli } from '../support/cli.js';
import { type DirectBench, directBench } from '../support/direct-bench.js';

const benches: DirectBench[] = [];
afterAll(async () => {
  for (const bench of benches) await bench.remove();
});

/** Ten in the first 0.2 s, and an eleventh at the end of the second: ten requests a second. */
const TIMES_MS = [...Array.from({ length: 10 }, (_, index) => index * 20), 1000];
const lineAt = (timestamp: unknown) => ({ timestamp, input_length: 12, output_length: 4 });
const RECORDED = { model: 'open', vus: [], arrivals: 'recorded', warmupS: 0.2, durationS: 1.08 } as const;

async function bench(load: Parameters<typeof directBench>[0], lines: readonly object[]) {
  const short = await directBench(load, lines);
  benches.push(short);
  const result = await cli(short.args);
  const out = short.args.at(-1) ?? '';
  const records = async () => {
    const cells = join(out, readdirSync(out)[0] ?? '', 'cells');
    return Promise.all(
      readdirSync(cells).map(async (cell) =>
        CellRecord.parse(JSON.parse(await readFile(join(cells, cell, 'record.json'), 'utf8'))),
      ),
    );
  };
  return { ...result, records };
}

it('replays a file at its times and at twice its speed, against the real upstream', async () => {
  const { exitCode, stderr, records } = await bench({ ...RECORDED, vus: [], speed: [1, 2] }, TIMES_MS.map(lineAt));
  expect(exitCode, stderr).toBe(0);
  const cells = await records();
  expect(cells.map(({ cell }) => cell.ratePerSec).sort()).toEqual([10, 20]);
  for (const { cell, arrivals, requests, outcome } of cells) {
    expect(outcome.kind, JSON.stringify(outcome)).toMatch(/^(ok|invalid)$/);
    expect(requests?.failed).toEqual({});
    expect(arrivals).toMatchObject({ distribution: 'recorded', ratePerSec: cell.ratePerSec });
    // A pass takes 1.1 s, or 0.55 s at twice the speed; the third one would begin behind the window.
    expect(arrivals?.planned).toBe(cell.ratePerSec === 10 ? 11 : 22);
  }
});

it('says which line has no time to be replayed at', async () => {
  const { exitCode, stderr } = await bench({ ...RECORDED, vus: [] }, [lineAt(5), lineAt(9), lineAt(3)]);
  expect(stderr).toContain('lines.jsonl:3: its time goes backwards: 3 after 9');
  expect(exitCode).toBe(2);
});
