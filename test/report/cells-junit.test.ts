import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/report.js';
import { exampleRun } from '../support/example-run.js';
import { recordOf, runOf } from '../support/record-builder.js';

const input = { ...exampleRun(), claims: null };
const xml = renderReport(input).junit();

describe('cells as JUnit’s XML', () => {
  it('has a test for each cell of the plan, in a suite for each gateway', () => {
    expect(xml).toContain('tests="30" failures="2" errors="1">');
    expect(xml.match(/<testsuite name="[^"]*"/g)).toEqual([
      '<testsuite name="Direct (no gateway)"',
      '<testsuite name="Ferro Labs AI Gateway 1.0.0"',
      '<testsuite name="Kong OSS (plain proxy)"',
      '<testsuite name="Bifrost v1.4.12"',
      '<testsuite name="LiteLLM proxy 1.82.6"',
      '<testsuite name="Portkey 1.15.2"',
    ]);
    expect(xml).toContain('<testcase classname="ferro" name="50 VUs, repeat 1" time="80">');
  });

  it('has a failure for what crashed or failed, with the end of its log', () => {
    expect(xml).toMatch(
      /name="300 VUs, repeat 1" time="80"><failure message="crashed 12\.3 s into the window[^"]*" type="crashed">The end of its log:&#10;goroutine 1 \[running\]:&#10;fatal error: concurrent map writes/,
    );
    expect(xml).toMatch(/<failure message="failed at ready: [^"]*" type="failed">/);
  });

  it('has a skipped test with its reason', () => {
    expect(xml).toMatch(/<skipped message="skipped: kong 3\.9\.1 is not installed and [^"]*"\/>/);
  });

  it('has an error for what is not to be trusted, and its figures all the same', () => {
    expect(xml).toMatch(
      /<error message="invalid: Little's law: off by 7\.1 %[^>]*" type="invalid">[^<]*<\/error>\n<system-out>180 req\/s/,
    );
  });

  it('says what else there is to know of what passed', () => {
    expect(xml).toMatch(/<system-out>890 req\/s[^<]*requests failed[^<]*warning: Little's law: off by 3 %/);
  });

  it('tells cells that are not measured yet from those whose record is damaged', () => {
    const records = [1, 2, 3].map((repeat) => recordOf({ gateway: 'nginx', vus: 50, repeat }));
    const some = renderReport({
      ...input,
      run: runOf(records),
      records: records.slice(0, 1),
      damaged: [{ cellId: 'nginx-v50-r2', reason: 'record.json is cut off' }],
    }).junit();
    expect(some).toMatch(/repeat 2" time="0"><error message="record\.json is cut off" type="damaged"\/>/);
    expect(some).toMatch(/repeat 3" time="0"><skipped message="not measured yet"\/>/);
    expect(some).toContain('tests="3" failures="0" errors="1"');
  });

  it('names profiled cells', () => {
    const records = [
      recordOf({ gateway: 'nginx', vus: 50 }),
      recordOf({ gateway: 'nginx', vus: 50, profiler: 'perf' }),
    ];
    const profiled = renderReport({ ...input, run: runOf(records), records }).junit();
    expect(profiled).toContain('name="50 VUs, repeat 1, profiled by perf"');
  });
});
