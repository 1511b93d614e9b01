import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/analysis/metrics.js';
import { renderReport } from '../../src/report/report.js';
import { repeatsOf } from '../support/compared-runs.js';
import { exampleRun } from '../support/example-run.js';
import { partOf, pooledReportOf } from '../support/pooled-runs.js';
import { recordOf, runOf } from '../support/record-builder.js';

/** Rows by column; no field of these runs has a comma or a quote. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head = '', ...lines] = csv.trimEnd().split('\n');
  const columns = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((field, at) => [columns[at], field])));
}

describe('metrics.csv', () => {
  const input = { ...exampleRun(), claims: null };
  const report = renderReport(input);
  const rows = rowsOf(report.metricsCsv);
  const rowOf = (cell: string, metric: string) =>
    rows.find((row) => row.cell_id === cell && row.metric === metric) ?? {};

  it('has a row a cell and metric, with its unit', () => {
    const keys = rows.map(({ cell_id, metric }) => `${cell_id} ${metric}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(rows.map(({ cell_id }) => cell_id))).toEqual(new Set(input.run.cells.map(({ id }) => id)));
    expect(rows.every(({ unit }) => unit !== '')).toBe(true);
    expect(rowOf('portkey-v300-r1', 'p99')).toMatchObject({ unit: 'µs', vus: '300', outcome: 'ok', stream: 'false' });
  });

  it('has raw values, and those of results.csv', () => {
    const record = input.records.find(({ cell }) => cell.id === 'portkey-v300-r1');
    expect(rowOf('portkey-v300-r1', 'rate').value).toBe(String(record?.ratePerSec));
    expect(rowOf('portkey-v300-r1', 'failed.timeout').value).toBe('90');
    expect(rowOf('portkey-v300-r1', 'failed.refused').value).toBe('0');
    expect(rowOf('portkey-v300-r1', 'rss').value).toBe(String(record?.resources.gateway?.rssBytesMax));
    expect(rowOf('portkey-v300-r1', 'mock.cpuUsPerRequest').value).toBe('350');
  });

  it('is empty where nothing is known, not 0, and says why by the outcome', () => {
    expect(rowOf('kong-v50-r1', 'rate')).toMatchObject({ value: '', outcome: 'skipped' });
    expect(rowOf('kong-v50-r1', 'failed.timeout').value).toBe('');
  });

  it('has every metric that gateways are compared by, under its name and in its unit', () => {
    for (const { name, unit } of METRICS) {
      const found = rowOf('portkey-v50-r1', name);
      expect(found.unit, name).toBe(unit);
    }
  });

  it('has the interval over repeats beside the cells that are in it', () => {
    const repeats = repeatsOf('nginx', [800, 804, 796]);
    const invalid = recordOf({ gateway: 'nginx', vus: 50, repeat: 4, outcome: { kind: 'invalid', reasons: ['late'] } });
    const all = [...repeats, invalid];
    const repeated = renderReport({ ...input, run: runOf(all), records: all });
    const rates = rowsOf(repeated.metricsCsv).filter(({ metric }) => metric === 'rate');
    const [, line = ''] = repeated.intervalsCsv.split('\n');
    const [, , , , , n, estimate, low, high] = line.split(',');
    expect(rates.map((row) => row.interval_repeats)).toEqual([n, n, n, '']);
    expect(rates[0]).toMatchObject({ interval_estimate: estimate, interval_low: low, interval_high: high });
    expect(rates[3]).toMatchObject({ outcome: 'invalid', interval_low: '' });
  });

  it('says of several runs where each cell was measured', () => {
    const of = (id: string) => partOf(repeatsOf('nginx', [800, 801]), { id });
    const pooled = rowsOf(pooledReportOf([of('monday'), of('tuesday')]).metricsCsv);
    const rates = pooled.filter(({ metric }) => metric === 'rate');
    expect(rates.map(({ cell_id, run_id, run_cell_id }) => [cell_id, run_id, run_cell_id])).toEqual([
      ['nginx-v50-r1', 'monday', 'nginx-v50-r1'],
      ['nginx-v50-r2', 'monday', 'nginx-v50-r2'],
      ['nginx-v50-r3', 'tuesday', 'nginx-v50-r1'],
      ['nginx-v50-r4', 'tuesday', 'nginx-v50-r2'],
    ]);
    expect(rates[0]?.interval_repeats).toBe('4');
  });
});
