import { describe, expect, it } from 'vitest';
import type { CellRecord } from '../../src/model/record.js';
import { renderReport } from '../../src/report/report.js';
import { exampleRun } from '../support/example-run.js';
import { publishedClaims } from '../support/published-claims.js';
import { recordOf, runOf } from '../support/record-builder.js';

const input = { ...exampleRun(), claims: publishedClaims() };
const report = renderReport(input);

describe('report.md', () => {
  const markdown = report.markdown();

  it('has its parts in order', () => {
    expect(markdown.match(/^## .+$/gm)).toEqual([
      '## Run',
      '## Gateways',
      '## Throughput',
      '## Latency and resources',
      '## Cost and footprint',
      '## Published and measured figures',
      '## Published and measured shapes',
      '## Validity',
      '## CPU and memory',
      '## How to run this again',
    ]);
  });

  it('says the answer before anything else', () => {
    expect(markdown).toMatch(
      /^# .+\n\n\*\*Ferro Labs AI Gateway had the highest rate at 1,000 VUs: 14,000 requests per second, .+\*\*\n\nEvery cell/,
    );
  });

  it('names the run, the machine, the seed and the versions as they were resolved', () => {
    for (const text of [
      '20260401-100000-published',
      '8 × Example CPU',
      'autocannon 8.0.0',
      'go.sum h1:',
      'Seed of the order | 7',
    ]) {
      expect(markdown).toContain(text);
    }
  });

  it('counts cells and requests', () => {
    expect(markdown).toContain('30 planned, 22 ok, 1 invalid, 1 crashed, 1 failed, 5 skipped');
    expect(markdown).toMatch(/600 failed, 9,000 in flight/);
  });

  it('embeds every chart by a relative path, and nothing else', () => {
    const embedded = [...markdown.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path);
    expect(embedded.toSorted()).toEqual(report.charts.map(({ fileName }) => `charts/${fileName}`).toSorted());
  });

  it('says why there are no charts instead of linking to files that are not there', () => {
    const without = report.markdown({ withoutCharts: 'the canvas is missing' });
    expect(without).toContain('Not drawn: the canvas is missing');
    expect(without).not.toContain('](charts/');
  });

  it('says how to run the very same plan', () => {
    expect(markdown).toContain('gatebench setup direct ferro kong bifrost litellm portkey');
    expect(markdown).toContain('--seed 7');
    expect(markdown).toContain('--vus 50,150,300,500,1000');
    expect(markdown).toContain('--warmup 15s --idle 2s --recovery 5s');
  });

  it('gives every row of a table as many cells as its head', () => {
    const cells = (line: string) => line.replace(/\\\|/g, '').split('|').length;
    const lines = markdown.split('\n');
    const heads = lines.flatMap((line, at) => (/^\|[ :|-]+\|$/.test(line) ? [at - 1] : []));
    expect(heads.length).toBeGreaterThan(8);
    for (const head of heads) {
      for (let at = head; lines[at]?.startsWith('|'); at++) {
        expect(cells(lines[at] ?? ''), lines[at]).toBe(cells(lines[head] ?? ''));
      }
    }
  });

  it('keeps foreign text text', () => {
    const outcome = {
      kind: 'failed' as const,
      stage: 'start' as const,
      error: 'bad <script>alert(1)</script> ![x](http://example.com) | `rm` \n# heading',
      logTail: [],
    };
    const record = recordOf({ gateway: 'odd', vus: 1, outcome });
    const text = renderReport({
      run: runOf([record]),
      records: [record],
      samplesByCell: new Map(),
      flames: [],
      claims: null,
    }).markdown();
    expect(text).toContain('\\<script\\>');
    expect(text).not.toMatch(/[^\\]<script/);
    expect(text).not.toMatch(/!\[x\]\(/);
    expect(text).not.toMatch(/^# heading/m);
  });
});

describe('terminal', () => {
  const esc = String.fromCharCode(27);

  it('has the same tables, as plain text without colour', () => {
    const plain = report.terminal({ colour: false });
    expect(plain).not.toContain(esc);
    expect(plain).toContain('Bifrost v1.4.12');
    expect(plain).toMatch(/^¹ Kong OSS \(plain proxy\) skipped: /m);
    expect(plain).toContain('Published and measured figures');
  });

  it('says the answer before any table', () => {
    expect(report.terminal({ colour: false })).toMatch(/^.+\n\nFerro Labs AI Gateway had the highest rate/);
  });

  it('is coloured only when asked to be', () => {
    const coloured = report.terminal({ colour: true });
    expect(coloured).toContain(`${esc}[31mcrashed ²`);
    expect(coloured.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toHaveLength(
      report.terminal({ colour: false }).length,
    );
  });

  it('keeps the columns under their heads', () => {
    const lines = report.terminal({ colour: false }).split('\n');
    const head = lines.findIndex((line) => line.startsWith('Gateway  '));
    const end = (lines[head] ?? '').indexOf('50 VUs') + '50 VUs'.length;
    for (const line of lines.slice(head + 1, head + 7)) {
      expect(line.slice(end, end + 1), line).toBe(' ');
      expect(line.slice(end - 1, end), line).not.toBe(' ');
    }
  });
});

describe('results.json', () => {
  const json = JSON.parse(report.json);

  it('has the run and every cell in the plan order, with overhead and without histograms', () => {
    expect(json.schemaVersion).toBe(2);
    expect(json.run.id).toBe(input.run.id);
    expect(json.cells.map(({ cell }: { cell: { id: string } }) => cell.id)).toEqual(
      input.run.cells.map(({ id }) => id),
    );
    expect(report.json).not.toContain('histogram');
    const ferro = json.cells.find(({ cell }: { cell: { id: string } }) => cell.id === 'ferro-v50-r1');
    expect(ferro.overheadUs).toEqual({ p50: 1_000, p99: expect.any(Number) });
    expect(ferro.latencyUs.p999).toBeGreaterThan(ferro.latencyUs.p99);
  });

  it('does not depend on the order in which records are given', () => {
    const reversed = renderReport({ ...input, records: input.records.toReversed() });
    expect(reversed.json).toBe(report.json);
    expect(reversed.csv).toBe(report.csv);
    expect(reversed.markdown()).toBe(report.markdown());
  });
});

describe('results.csv', () => {
  const lines = report.csv.trimEnd().split('\n');
  const head = lines[0]?.split(',') ?? [];
  const rowOf = (id: string) => {
    const cells = (lines.find((line) => line.startsWith(`${id},`)) ?? '').split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    return Object.fromEntries(head.map((name, at) => [name, cells[at]]));
  };

  it('has a row a cell', () => {
    expect(lines).toHaveLength(1 + input.records.length);
    expect(new Set(head).size).toBe(head.length);
  });

  it('has raw values', () => {
    const record = input.records.find(({ cell }) => cell.id === 'portkey-v300-r1');
    expect(rowOf('portkey-v300-r1')).toMatchObject({
      rate_per_s: String(record?.ratePerSec),
      latency_p99_us: String(record?.latencyUs?.p99),
      gateway_rss_max_bytes: String(record?.resources.gateway?.rssBytesMax),
      requests_failed: '100',
      failed_timeout: '90',
      failed_refused: '0',
      gates_warn: "Little's law",
    });
  });

  it('is empty where nothing is known, not 0', () => {
    expect(rowOf('kong-v50-r1')).toMatchObject({
      outcome: 'skipped',
      rate_per_s: '',
      latency_p50_us: '',
      failed_timeout: '',
    });
    expect(rowOf('kong-v50-r1').remarks).toContain('not installed');
  });
});

describe('a run of which nothing was measured yet', () => {
  const empty = renderReport({
    run: input.run,
    records: [],
    samplesByCell: new Map(),
    flames: [],
    claims: input.claims,
  });

  it('has a report, and no charts', () => {
    expect(empty.markdown()).toContain('30 planned, 30 not measured yet');
    expect(empty.terminal({ colour: false })).toContain('·');
    expect(empty.csv).toBe('');
    expect(empty.charts).toEqual([]);
  });
});

describe('profiled cells', () => {
  const plain = recordOf({ gateway: 'portkey', vus: 50, ratePerSec: 700 });
  const profiled = recordOf({ gateway: 'portkey', vus: 50, ratePerSec: 431, profiler: 'perf' });
  const records = [plain, profiled];
  const run = runOf(records, { flame: { rateHz: 99, unavailable: [] } });
  const both = renderReport({ run, records, samplesByCell: new Map(), flames: [], claims: null });

  it('are in no table or chart of what was measured', () => {
    const text = both.terminal({ colour: false });
    expect(text).toContain('700');
    expect(text).not.toContain('431');
    expect(JSON.stringify(both.charts)).not.toContain('431');
  });

  it('are in the data, told apart', () => {
    expect(both.csv.split('\n').filter((line) => line.startsWith('portkey-v50-r1-perf,'))).toHaveLength(1);
    expect(JSON.parse(both.json).cells.map(({ cell }: CellRecord) => cell.profiler)).toEqual([null, 'perf']);
  });

  it('are told of where they have no profile, with the reason', () => {
    const text = both.terminal({ colour: false });
    expect(text).toMatch(/Missing profiles[\s\S]*portkey +perf +it has no profile/);
  });
});
