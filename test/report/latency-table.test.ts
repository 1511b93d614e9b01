import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { CellRecord } from '../../src/model/record.js';
import { latencySection } from '../../src/report/latency-table.js';
import { recordOf, runOf, treeOf } from '../support/record-builder.js';

/** The row of the last record's gateway, by column title. */
function rowOf(...records: CellRecord[]): Record<string, string> {
  const summary = summarise(runOf(records), deriveRun(records)).at(-1);
  if (summary === undefined) throw new Error('no gateway');
  const { table } = latencySection(summary);
  return Object.fromEntries(table?.columns.map(({ title }, at) => [title, table.rows[0]?.[at] ?? '']) ?? []);
}

const direct = recordOf({ gateway: 'direct', vus: 500, p50Us: 60_300, p99Us: 70_000 });

describe('latency table', () => {
  it('has all that was measured of a cell', () => {
    const ferro = recordOf({
      gateway: 'ferro',
      vus: 500,
      ratePerSec: 8_000,
      p50Us: 61_500,
      p99Us: 72_900,
      failed: { reset: 4_800 },
      tree: treeOf({
        cpuPercentMean: 152.4,
        cpuUsPerRequest: 190.2,
        rssBytesMax: 89 * 2 ** 20,
        pssBytesMax: 80 * 2 ** 20,
      }),
    });
    expect(rowOf(direct, ferro)).toEqual({
      VUs: '500',
      RPS: '8,000 ¹',
      p50: '61.5',
      p95: '68.3',
      p99: '72.9',
      'p99.9': '~80.2',
      '+p50': '+1.20',
      '+p99': '+2.90',
      'CPU %': '152',
      'CPU µs/req': '190',
      'RSS MiB': '89',
      'PSS MiB': '80',
      Errors: '4,800 (0.99 %)',
    });
  });

  it('marks percentiles with too few samples', () => {
    const row = rowOf(recordOf({ gateway: 'litellm', vus: 50, ratePerSec: 180 }));
    expect([row.p50, row.p95, row.p99].map((cell) => cell?.startsWith('~'))).toEqual([false, true, true]);
  });

  it('shows overhead below 0 as it is', () => {
    expect(rowOf(direct, recordOf({ gateway: 'fast', vus: 500, p50Us: 60_100, p99Us: 69_000 }))).toMatchObject({
      '+p50': '-0.200',
      '+p99': '-1.00',
    });
  });

  it('leaves what could not be read empty, never 0', () => {
    const row = rowOf(recordOf({ gateway: 'ferro', vus: 500, tree: null }));
    expect(row).toMatchObject({ '+p50': '–', '+p99': '–', 'CPU %': '–', 'RSS MiB': '–', 'PSS MiB': '–', Errors: '0' });
  });

  it('has no figures for a skipped cell', () => {
    const row = rowOf(recordOf({ gateway: 'kong', vus: 50, outcome: { kind: 'skipped', reason: 'not installed' } }));
    expect(row).toMatchObject({ RPS: 'skipped ¹', p50: '–', Errors: '–' });
  });

  it('says why there is no latency where the engine could not tell it', () => {
    const absent = { latencyUs: 'its histogram holds failures too' };
    const record = recordOf({ gateway: 'ferro', vus: 50, absent });
    expect(rowOf(record)).toMatchObject({ p50: '– ¹', 'p99.9': '– ¹', Errors: '0' });
    const [summary] = summarise(runOf([record]), deriveRun([record]));
    expect(summary && latencySection(summary).notes).toEqual([
      '¹ Not reported by autocannon: latency of successes (its histogram holds failures too).',
    ]);
  });

  it('has no latency where no request succeeded', () => {
    const row = rowOf(recordOf({ gateway: 'ferro', vus: 50, ratePerSec: 0, failed: { timeout: 100 } }));
    expect(row).toMatchObject({ RPS: '0.0 ¹', p50: '–', Errors: '100 (100.0 %)' });
  });
});
