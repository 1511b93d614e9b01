import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { soakTrends } from '../../src/analysis/soak/soak.js';
import type { CellRecord } from '../../src/model/record.js';
import { Sample } from '../../src/model/resources.js';
import { fakeGateway, runOneCell } from '../support/cell-runner.js';
import { aScenario } from '../support/scenario.js';

const LEAK_KIB_PER_S = 4096;
const LEAK_MIB_PER_H = (LEAK_KIB_PER_S / 1024) * 3600;

/** A cell with a window that is long enough for a slope of samples a second, and no longer. */
async function soak(mode: string) {
  let samples: Sample[] = [];
  const scenario = aScenario({ vus: [2], warmupS: 1, durationS: 17, idleS: 0, recoveryS: 0 });
  const record: CellRecord = await runOneCell(fakeGateway(mode), scenario, {
    inspect: async ({ path }) => {
      const lines = (await readFile(join(path, 'samples.jsonl'), 'utf8')).trim().split('\n');
      samples = lines.map((line) => Sample.parse(JSON.parse(line)));
    },
  });
  return soakTrends(record, samples);
}

it('measures how fast a gateway leaks', async () => {
  const { memoryMib, verdict, harness } = await soak(`leaks-${LEAK_KIB_PER_S}`);
  expect(verdict).toMatch(/^climbing: [\d,]+ MiB\/h \[[\d,]+, [\d,]+\]$/);
  // Samples are a second apart and the process is Node, whose own heap breathes by a MiB or two.
  expect((memoryMib?.late.slope ?? 0) / LEAK_MIB_PER_H).toBeGreaterThan(0.75);
  expect((memoryMib?.late.slope ?? 0) / LEAK_MIB_PER_H).toBeLessThan(1.25);
  expect(memoryMib?.late.low).toBeLessThan(LEAK_MIB_PER_H);
  expect(harness.mock?.late.slope).toBeLessThan(LEAK_MIB_PER_H / 4);
}, 60_000);
