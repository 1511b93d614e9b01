import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInPath } from '../../src/lib/find-in-path.js';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { cli } from '../support/cli.js';
import { repeatsOf } from '../support/compared-runs.js';
import { exampleRun } from '../support/example-run.js';
import { pythonWith, run } from '../support/python.js';
import { writeRun } from '../support/run-folders.js';

/** Every kind of outcome, measured by nobody; a run that was measured; and two runs as one. */
const CASES = ['imagined', 'real', 'pooled'] as const;

let folder: string;
const documents = new Map<string, string>();
const documentOf = (name: string, format: string) => documents.get(`${name} ${format}`) ?? '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const { records, run: plan } = exampleRun();
  const imagined = await writeRun(folder, records, { id: 'imagined', gateways: plan.gateways });
  const pooled = await Promise.all(
    ['monday', 'tuesday'].map((id) =>
      writeRun(folder, [...repeatsOf('direct', [900, 901]), ...repeatsOf('nginx', [800, 804])], { id }),
    ),
  );
  const paths = { imagined: [imagined], real: [join(PACKAGE_ROOT, 'test', 'fixtures', 'run-schema-1')], pooled };
  for (const name of CASES) {
    for (const format of ['csv', 'junit', 'openmetrics', 'json']) {
      const { exitCode, stdout, stderr } = await cli(['report', ...paths[name], '--format', format]);
      if (exitCode !== 0) throw new Error(stderr);
      documents.set(`${name} ${format}`, stdout);
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a Python program makes of a document: JSON on its stdout. */
function readWith(python: string, program: string, document: string) {
  return JSON.parse(run(python, ['-c', program], document));
}

interface JsonCell {
  cell: { id: string; profiler: string | null };
  outcome: { kind: string };
  ratePerSec: number | null;
  latencyUs: { p99: number } | null;
}
const cellsOf = (name: string): JsonCell[] => JSON.parse(documentOf(name, 'json')).cells;
const countOf = (name: string, ...kinds: string[]) =>
  cellsOf(name).filter(({ outcome }) => kinds.includes(outcome.kind)).length;

const CSV_READER = `
import csv, json, sys
sys.stdin.reconfigure(newline='')
print(json.dumps(list(csv.DictReader(sys.stdin, strict=True))))
`;

const NO_PYTHON = findInPath('python3') === null;
if (NO_PYTHON) process.stderr.write('skipped: formats read by Python, because there is no python3 here\n');

describe.skipIf(NO_PYTHON)('metrics.csv, read by Python', () => {
  it.each(CASES)('has the figures of the JSON (%s)', (name) => {
    const rows: Record<string, string>[] = readWith('python3', CSV_READER, documentOf(name, 'csv'));
    for (const { cell, ratePerSec, latencyUs, outcome } of cellsOf(name)) {
      const own = rows.filter(({ cell_id }) => cell_id === cell.id);
      const figure = (metric: string) => own.find((row) => row.metric === metric)?.value;
      expect(own.length, cell.id).toBeGreaterThan(30);
      expect(figure('rate')).toBe(ratePerSec === null ? '' : String(ratePerSec));
      expect(figure('p99')).toBe(latencyUs === null ? '' : String(latencyUs.p99));
      expect(new Set(own.map((row) => row.outcome))).toEqual(new Set([outcome.kind]));
    }
  });
});

const CONSUMERS = pythonWith(['prometheus-client==0.22.1', 'junitparser==3.2.0']);
const PYTHON = CONSUMERS ?? '';

const JUNIT_READER = `
import json, sys
from junitparser import JUnitXml, Error, Failure, Skipped
xml = JUnitXml.fromstring(sys.stdin.buffer.read())
told = dict(tests=xml.tests, failures=xml.failures, errors=xml.errors)
suites = [dict(tests=s.tests, failures=s.failures, errors=s.errors, skipped=s.skipped, time=s.time) for s in xml]
cases = [(c.classname, c.name, [type(r).__name__ for r in c.result], c.time) for s in xml for c in s]
for suite in xml: suite.update_statistics()
xml.update_statistics()
counted = dict(tests=xml.tests, failures=xml.failures, errors=xml.errors)
counted_suites = [dict(tests=s.tests, failures=s.failures, errors=s.errors, skipped=s.skipped, time=s.time) for s in xml]
print(json.dumps(dict(told=told, counted=counted, suites=suites, counted_suites=counted_suites, cases=cases)))
`;

describe.skipIf(CONSUMERS === null)('JUnit’s XML, read by junitparser', () => {
  it.each(CASES)('has a test for each cell, and counts as its reader does (%s)', (name) => {
    const read = readWith(PYTHON, JUNIT_READER, documentOf(name, 'junit'));
    expect(read.told).toEqual(read.counted);
    for (const [at, suite] of read.suites.entries()) {
      const { time, ...counts } = suite;
      const { time: sum, ...counted } = read.counted_suites[at];
      expect(counts).toEqual(counted);
      expect(time).toBeCloseTo(sum, 2);
    }
    const results = read.cases.flatMap(([, , kinds]: [string, string, string[]]) => kinds);
    const count = (kind: string) => results.filter((each: string) => each === kind).length;
    expect(read.cases).toHaveLength(cellsOf(name).length);
    expect(count('Failure')).toBe(countOf(name, 'crashed', 'failed'));
    expect(count('Error')).toBe(countOf(name, 'invalid'));
    expect(count('Skipped')).toBe(countOf(name, 'skipped'));
    const names = read.cases.map(([classname, test]: string[]) => `${classname} ${test}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

const OPENMETRICS_READER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(json.dumps([
    dict(name=f.name, type=f.type, unit=f.unit, samples=[
        dict(name=s.name, labels=s.labels, value=s.value, at=float(s.timestamp)) for s in f.samples
    ]) for f in families
]))
`;

interface Family {
  name: string;
  type: string;
  unit: string;
  samples: { name: string; labels: Record<string, string>; value: number; at: number }[];
}

describe.skipIf(CONSUMERS === null)('OpenMetrics, read by Prometheus’s own parser', () => {
  it.each(CASES)('has the figures of the JSON in base units (%s)', (name) => {
    const families: Family[] = readWith(PYTHON, OPENMETRICS_READER, documentOf(name, 'openmetrics'));
    const measured = cellsOf(name).filter(({ cell }) => cell.profiler === null);
    const samplesOf = (family: string) => families.find((each) => each.name === family)?.samples ?? [];
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(samplesOf('gatebench_cell')).toHaveLength(measured.length);
    expect(sum(samplesOf('gatebench_requests_per_second').map(({ value }) => value))).toBeCloseTo(
      sum(measured.map(({ ratePerSec }) => ratePerSec ?? 0)),
      6,
    );
    const p99 = samplesOf('gatebench_latency_seconds').filter(({ labels }) => labels.quantile === '0.99');
    expect(sum(p99.map(({ value }) => value))).toBeCloseTo(
      sum(measured.map(({ latencyUs }) => latencyUs?.p99 ?? 0)) / 1e6,
      6,
    );
    expect(families.find((family) => family.name === 'gatebench_latency_seconds')).toMatchObject({
      type: 'summary',
      unit: 'seconds',
    });
    for (const { samples } of families) for (const { at } of samples) expect(at).toBeGreaterThan(1.7e9);
  });

  it('is refused by that parser where it is cut off', () => {
    const cut = documentOf('imagined', 'openmetrics').replace('# EOF\n', '');
    expect(() => readWith(PYTHON, OPENMETRICS_READER, cut)).toThrow(/EOF/);
  });
});
