import { describe, expect, it } from 'vitest';
import { openMetricsText } from '../../src/report/openmetrics-text.js';
import { renderReport } from '../../src/report/report.js';
import { repeatsOf } from '../support/compared-runs.js';
import { exampleRun } from '../support/example-run.js';
import { partOf, pooledReportOf } from '../support/pooled-runs.js';
import { recordOf, runOf } from '../support/record-builder.js';

const input = { ...exampleRun(), claims: null };
const text = renderReport(input).openMetrics();
const lines = text.split('\n');
const samplesOf = (name: string, ...labels: string[]) =>
  lines.filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));

describe('OpenMetrics', () => {
  it('ends with EOF, and nothing after it', () => {
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text.match(/# EOF/g)).toHaveLength(1);
  });

  it('has base units, which end the names', () => {
    for (const line of lines.filter((each) => each.startsWith('# UNIT '))) {
      const [, , name = '', unit = ''] = line.split(' ');
      expect(['seconds', 'bytes', 'ratio']).toContain(unit);
      expect(name.endsWith(`_${unit}`), line).toBe(true);
    }
    expect(text).not.toMatch(/_(ms|us|milliseconds|microseconds|percent|mib)\b/);
  });

  it('says of each figure what it is of, and when the cell ended', () => {
    const record = input.records.find(({ cell }) => cell.id === 'portkey-v300-r1');
    const labels =
      'run="20260401-100000-published",gateway="portkey",version="1.15.2",scenario="published",vus="300",repeat="1",outcome="ok"';
    const endS = Date.parse('2026-04-01T10:01:20.000Z') / 1000;
    expect(lines).toContain(`gatebench_requests_per_second{${labels}} ${record?.ratePerSec} ${endS}`);
    expect(lines).toContain(
      `gatebench_latency_seconds{${labels},quantile="0.99"} ${(record?.latencyUs?.p99 ?? 0) / 1e6} ${endS}`,
    );
    expect(lines).toContain(`gatebench_latency_seconds_count{${labels}} ${record?.latencyUs?.count} ${endS}`);
    expect(lines).toContain(`gatebench_window_failed_requests{${labels},failure="timeout"} 90 ${endS}`);
  });

  it('gives each sample once, and those of a family together', () => {
    const samples = lines.filter((line) => line.includes('{')).map((line) => line.slice(0, line.indexOf('}')));
    expect(new Set(samples).size).toBe(samples.length);
    const families = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
    expect(new Set(families).size).toBe(families.length);
  });

  it('marks what is not to be trusted, and has what has no figures', () => {
    expect(samplesOf('gatebench_requests_per_second', 'gateway="litellm"', 'vus="500"')).toEqual([
      expect.stringContaining('outcome="invalid"'),
    ]);
    expect(samplesOf('gatebench_requests_per_second', 'gateway="kong"')).toEqual([]);
    const [skipped] = samplesOf('gatebench_cell_info', 'gateway="kong"', 'vus="50"');
    expect(skipped).toMatch(/outcome="skipped",title="Kong OSS \(plain proxy\)",reason="skipped: kong 3\.9\.1 is not/);
    expect(skipped).not.toContain('version=');
  });

  it('leaves profiled cells out', () => {
    const profiled = recordOf({ gateway: 'nginx', vus: 50, profiler: 'perf' });
    const report = renderReport({ ...input, run: runOf([profiled]), records: [profiled] });
    expect(report.openMetrics()).not.toContain('nginx');
  });

  it('names the run of each cell of several', () => {
    const of = (id: string) => partOf(repeatsOf('nginx', [800]), { id });
    const pooled = pooledReportOf([of('monday'), of('tuesday')]).openMetrics();
    expect(pooled.match(/^gatebench_run_info\{run="(monday|tuesday)"/gm)).toHaveLength(2);
    expect(pooled).toMatch(/^gatebench_requests_per_second\{run="monday",gateway="nginx",.*repeat="1"/m);
    expect(pooled).toMatch(/^gatebench_requests_per_second\{run="tuesday",gateway="nginx",.*repeat="2"/m);
  });

  it('keeps foreign text within its label', () => {
    const sample = { labels: { odd: 'a"b\\c\nd\uD800' }, value: 1, timestampS: 0 };
    expect(openMetricsText([{ name: 'a', type: 'gauge', help: 'x\ny', samples: [sample] }])).toBe(
      '# TYPE a gauge\n# HELP a x\\ny\na{odd="a\\"b\\\\c\\nd\uFFFD"} 1 0\n# EOF\n',
    );
  });
});
