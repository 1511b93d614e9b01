import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runSpeed } from '../../src/analysis/machine-speed.js';
import { runSection } from '../../src/report/run-sections.js';
import { directGateway, runOneCell } from '../support/cell-runner.js';
import { recordOf, runOf } from '../support/record-builder.js';
import { aScenario } from '../support/scenario.js';

afterEach(() => void vi.useRealTimers());

describe('a wall clock that is set in mid-cell', () => {
  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour back', -3_600_000],
  ])('%s changes no time of the record, which says so', async (_, stepMs) => {
    const beganMs = performance.now();
    let samples = '';
    const record = await runOneCell(directGateway, aScenario({ warmupS: 1, durationS: 2 }), {
      onEvent: (event) => {
        // Timers stay real.
        if (event.type === 'load') vi.useFakeTimers({ toFake: ['Date'], now: vi.getRealSystemTime() + stepMs });
      },
      inspect: async ({ path }) => {
        samples = await readFile(`${path}/samples.jsonl`, 'utf8');
      },
    });
    const tookMs = performance.now() - beganMs;
    const [started, window, ended] = [record.startedAt, record.window?.startedAt ?? '', record.endedAt].map(Date.parse);
    expect(window).toBeGreaterThan(started ?? Number.NaN);
    expect(ended).toBeGreaterThan(window ?? Number.NaN);
    expect((ended ?? 0) - (started ?? 0)).toBeLessThanOrEqual(Math.ceil(tookMs));
    for (const line of samples.trim().split('\n')) {
      const { atS } = JSON.parse(line);
      expect(Math.abs(atS) * 1000).toBeLessThan(tookMs);
    }
    expect(record.wallClockAheadMs).toBeGreaterThan(stepMs - tookMs - 1_000);
    expect(record.wallClockAheadMs).toBeLessThan(stepMs + tookMs + 1_000);
  });

  it('is told in the report', () => {
    const records = [{ ...recordOf({ gateway: 'kong', vus: 50 }), wallClockAheadMs: -3_600_000 }];
    const rows = runSection(runOf(records), records, runSpeed(records)).table?.rows ?? [];
    expect(rows.find(([title]) => title === 'Wall clock')?.[1]).toMatch(/3,600\.0 s behind at the end of kong-v50-r1/);
  });

  it('is not mentioned where nobody set it', async () => {
    const record = await runOneCell(directGateway, aScenario());
    expect(record.wallClockAheadMs).toBeNull();
  });
});
