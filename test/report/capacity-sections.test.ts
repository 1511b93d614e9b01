import { expect, it } from 'vitest';
import { capacitiesOf } from '../../src/analysis/capacity/result.js';
import { deriveRun } from '../../src/analysis/derive-run.js';
import type { CellRecord } from '../../src/model/record.js';
import { capacityCsv } from '../../src/report/capacity-csv.js';
import { capacitySections } from '../../src/report/capacity-sections.js';
import { searchOf } from '../support/capacity-search.js';
import { recordOf, runOf } from '../support/record-builder.js';

/** A search of which windows ran out. @param p99Ms of each level's windows */
function report(p99Ms: Record<number, number[]>) {
  return reportOf(
    Object.entries(p99Ms).flatMap(([vus, values]) =>
      values.map((ms, at) => recordOf({ gateway: 'nginx', vus: Number(vus), repeat: at + 1, p99Us: 1000 * ms })),
    ),
  );
}

function reportOf(records: readonly CellRecord[]) {
  const search = searchOf(['p99<=100ms'], { maxWindows: records.length });
  const capacities = capacitiesOf(runOf(records, { capacity: search }), deriveRun(records));
  const [edges] = capacitySections(capacities, search);
  const row = edges?.table?.rows[0] ?? [];
  const marks = capacityCsv(capacities, search)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[7]);
  // Without the note's mark behind what the search found.
  return { found: row[2]?.replace(/ \S$/u, ''), rps: row[3], latencies: row.slice(4, 6), notes: edges?.notes, marks };
}

it('says where the edge seems to be when windows ran out, with what is not decided in brackets', () => {
  expect(report({ 1000: [70], 1100: [95], 1200: [130], 1400: [200] })).toMatchObject({
    found: expect.stringMatching(/^1,100 to 1,200, not decided/),
    rps: expect.stringMatching(/^\(.+\)$/),
    latencies: ['(95 ms)', '(130 ms)'],
    notes: [expect.stringContaining('the search stopped: it has had its 4 windows')],
    marks: ['', 'seems last pass', 'seems first fail', ''],
  });
});

it('puts in brackets only the side that is not decided', () => {
  expect(report({ 1100: [70, 71, 70], 1200: [130] })).toMatchObject({
    found: expect.stringMatching(/^1,100 to 1,200, not decided/),
    latencies: ['70.3 ms', '(130 ms)'],
    marks: ['last pass', 'seems first fail'],
  });
});

it.each([
  [{ 10: [70], 20: [71] }, /^at least 20, not decided/],
  [{ 10: [130], 5: [120] }, /^fewer than 5, not decided/],
  [{ 20: [70, 71, 70], 21: [130, 131, 130] }, /^20 to 21$/],
])('says what is known of %j', (windows, found) => {
  expect(report(windows).found).toMatch(found);
});

it('says how many windows were measured again, and for what', () => {
  const gates = [{ gate: 'machine speed', verdict: 'invalid' as const, value: 0.5, message: 'it took 50 % more' }];
  const spoilt = [1, 2].map((repeat) =>
    recordOf({ gateway: 'nginx', vus: 10, repeat, gates, outcome: { kind: 'invalid', reasons: ['machine speed'] } }),
  );
  const { notes } = reportOf([...spoilt, recordOf({ gateway: 'nginx', vus: 10, repeat: 3, p99Us: 70_000 })]);
  expect(notes?.join()).toContain('nginx: 2 windows were measured again (machine speed 2).');
});
