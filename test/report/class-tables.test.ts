import { describe, expect, it } from 'vitest';
import { deriveRun } from '../../src/analysis/derive-run.js';
import { summarise } from '../../src/analysis/summary.js';
import type { ClassLoad } from '../../src/model/load.js';
import type { CellRecord } from '../../src/model/record.js';
import { answersSection, classesCsv, classSections } from '../../src/report/class-tables.js';
import { renderReport } from '../../src/report/report.js';
import { latencyOf, recordOf, runOf } from '../support/record-builder.js';

function classOf(name: string, p50: number, p99: number): ClassLoad {
  const latencyUs = latencyOf(1_000_000, p50, p99);
  const sizes = { requestBytesMean: 2048, requestBytesMax: 4096 };
  return { name, share: 0.5, ...sizes, ok: 1_000_000, failed: { bad_body: 2 }, latencyUs, firstByteUs: latencyUs };
}

function recordsOf(): CellRecord[] {
  const direct = recordOf({ gateway: 'direct', vus: 50, p50Us: 60_000, p99Us: 70_000 });
  const ferro = recordOf({ gateway: 'ferro', vus: 50, p50Us: 61_000, p99Us: 72_000 });
  return [
    { ...direct, classes: [classOf('small', 60_000, 61_000), classOf('large', 62_000, 65_000)] },
    { ...ferro, classes: [classOf('small', 60_500, 69_000), classOf('large', 70_000, 95_000)] },
  ];
}

describe('classes of requests', () => {
  it('have a table each gateway, with the overhead of the same class', () => {
    const records = recordsOf();
    const cells = deriveRun(records);
    const sections = classSections(summarise(runOf(records), cells), cells);
    expect(sections.map(({ lead }) => lead.length)).toEqual([1, 0]);
    const { columns = [], rows = [] } = sections[1]?.table ?? {};
    const large = Object.fromEntries(columns.map(({ title }, at) => [title, rows[1]?.[at]]));
    expect(large).toMatchObject({
      Class: 'large',
      VUs: '50',
      Share: '50.0 %',
      'Body KiB': '2.0',
      p50: '70.0',
      p99: '95.0',
      '+p50': '+8.00',
      '+p99': '+30.0',
      Failed: '2',
    });
  });

  it('are in the CSV and the JSON, without histograms there, and nowhere without classes', () => {
    const records = recordsOf();
    const [header = '', , , , last = ''] = classesCsv(deriveRun(records)).split('\n');
    const row = Object.fromEntries(header.split(',').map((name, at) => [name, last.split(',')[at]]));
    expect(row).toMatchObject({ gateway: 'ferro', class: 'large', latency_p99_us: '95000', overhead_p99_us: '30000' });
    const input = { run: runOf(records), records, samplesByCell: new Map(), flames: [], claims: null };
    const { cells } = JSON.parse(renderReport(input).json);
    expect(cells[1].classes[0]).toMatchObject({ name: 'small', latencyUs: { p99: 69_000 } });
    expect(cells[1].classes[0].latencyUs).not.toHaveProperty('histogram');
    const plain = records.map(({ classes: _, ...record }) => record);
    expect(renderReport({ ...input, records: plain }).classesCsv).toBeNull();
    expect(renderReport(input).terminal({ colour: false })).toContain('Classes of requests');
    expect(renderReport(input).markdown()).toContain('Classes of requests');
  });
});

describe('answers, field by field', () => {
  it('name what is wrong once, and who has all right', () => {
    const [direct, ferro] = recordsOf();
    if (direct === undefined || ferro === undefined) throw new Error('no records');
    const looked = { requests: 'all', dialect: 'anthropic-messages' as const, stream: true };
    const finding = { field: 'model', problem: 'it is missing' };
    const records = [
      { ...direct, answers: [{ ...looked, differences: [] }] },
      {
        ...ferro,
        answers: [
          { ...looked, differences: [finding] },
          { ...looked, differences: [finding] },
        ],
      },
    ];
    const section = answersSection(summarise(runOf(records), deriveRun(records)));
    expect(section?.table?.rows).toEqual([['ferro', 'all', 'anthropic-messages, stream', 'model', 'it is missing']]);
    expect(section?.notes).toEqual(['Every field right: direct.']);
  });

  it('are left out where nobody looked', () => {
    const records = recordsOf();
    expect(answersSection(summarise(runOf(records), deriveRun(records)))).toBeNull();
  });
});
