import type { ChartConfiguration, Point } from 'chart.js';
import { describe, expect, it } from 'vitest';
import { type Chart, renderReport } from '../../src/report/report.js';
import { calibrationOf } from '../support/calibrations.js';
import { exampleRun } from '../support/example-run.js';
import { runLike, SPIKE, spiked } from '../support/open-loop-run.js';
import { type CellFacts, recordOf, runOf, secondOf } from '../support/record-builder.js';

const { charts } = renderReport({ ...exampleRun(), claims: null });

function chart(fileName: string): ChartConfiguration {
  return whole(fileName).configuration;
}

function dataset(fileName: string, label: string) {
  const found = chart(fileName).data.datasets.find((candidate) => candidate.label === label);
  if (found === undefined) throw new Error(`no line "${label}" in ${fileName}`);
  return found;
}

function whole(fileName: string): Chart {
  const found = charts.find((candidate) => candidate.fileName === fileName);
  if (found === undefined) throw new Error(`no chart ${fileName}`);
  return found;
}

function styleOf(label: string): unknown {
  const line = dataset('throughput.png', label);
  return 'pointStyle' in line ? line.pointStyle : null;
}

function legendOf(of: Chart | undefined): string[] {
  const labels = of?.configuration.options?.plugins?.legend?.labels;
  // The items don't depend on the chart that asks for them.
  const items = labels?.generateLabels?.(JSON.parse('{}'));
  return items?.map(({ text }) => text) ?? [];
}

describe('charts', () => {
  it('are one set a run and two a gateway with samples', () => {
    const overTime = ['ferro', 'bifrost', 'litellm', 'portkey'].flatMap((name) => [
      `cpu-over-time-${name}.png`,
      `memory-over-time-${name}.png`,
    ]);
    expect(charts.map(({ fileName }) => fileName)).toEqual([
      'throughput.png',
      'latency-p50.png',
      'latency-p99.png',
      'cpu-by-vus.png',
      'memory-by-vus.png',
      ...overTime,
    ]);
  });

  it('name the machine’s class beside absolute figures', () => {
    for (const { fileName, configuration } of charts) {
      const text = [configuration.options?.plugins?.subtitle?.text].flat().join(' ');
      expect(text, fileName).toContain('8 × Example CPU, kvm, kernel 6.1.0');
    }
  });

  it('show the machine’s own speed between the gate’s bounds, where it was measured', () => {
    const at = (minute: number, systemCall = 150) => ({
      ...calibrationOf({ systemCall }),
      takenAt: `2026-04-01T10:0${minute}:00.000Z`,
    });
    const records = [0, 1, 2].map((index) =>
      recordOf({
        gateway: 'nginx',
        vus: 50,
        repeat: index + 1,
        calibration: { before: at(2 * index), after: at(2 * index + 1, index === 1 ? 300 : 150) },
      }),
    );
    const input = { run: runOf(records), records, samplesByCell: new Map(), flames: [], claims: null };
    const report = renderReport(input);
    const speed = report.charts.find(({ fileName }) => fileName === 'machine-speed.png');
    const [line, warning, invalid] = speed?.configuration.data.datasets ?? [];
    expect(line?.data).toEqual([0, 1, 2, 3, 4, 5].map((x) => ({ x, y: x === 3 ? expect.closeTo(114.9, 0) : 100 })));
    const levels = (data: unknown) => (Array.isArray(data) ? data.flatMap(({ y }: Point) => y ?? []) : []);
    expect(levels(warning?.data)).toEqual([103, 103, 97, 97].map((level) => expect.closeTo(level)));
    expect(levels(invalid?.data)).toEqual([108, 108, 92, 92].map((level) => expect.closeTo(level)));
    expect(report.markdown()).toContain("![The machine's own speed over the run](charts/machine-speed.png)");
  });

  it('have a gap for every cell that is not ok, never a 0', () => {
    const bifrost = dataset('throughput.png', 'Bifrost').data;
    expect(bifrost[2]).toBeNull();
    expect(bifrost[4]).toBeNull();
    expect(bifrost[3]).toBeGreaterThan(8_000);
    expect(dataset('cpu-by-vus.png', 'Bifrost').data[2]).toBeNull();
    expect(dataset('throughput.png', 'Bifrost')).toMatchObject({ spanGaps: false });
  });

  it('draw an invalid cell hollow', () => {
    const line = dataset('throughput.png', 'LiteLLM proxy');
    expect(line.data[3]).toBeGreaterThan(100);
    const colour = line.borderColor;
    expect(line).toMatchObject({ pointBackgroundColor: [colour, colour, colour, '#ffffff', colour] });
    const bars = dataset('cpu-by-vus.png', 'LiteLLM proxy');
    expect(bars.data[3]).toBeGreaterThan(0);
    expect([bars.backgroundColor].flat()[3]).toBe('#ffffff00');
    expect([bars.backgroundColor].flat()[2]).not.toBe('#ffffff00');
    expect(dataset('cpu-over-time-litellm.png', '500 VUs (invalid ¹)')).toMatchObject({
      pointBackgroundColor: '#ffffff',
    });
  });

  it('mark where a gateway crashed, failed or is invalid, with a numbered note each', () => {
    const { marks, notes } = whole('throughput.png');
    expect(marks?.map(({ at, marks: here }) => [at, here.map(({ point, note }) => [point.style, note])])).toEqual([
      [0.5, [['crossRot', 1]]],
      [0.7, [[styleOf('LiteLLM proxy'), 2]]],
      [0.9, [['cross', 3]]],
    ]);
    expect(notes).toEqual([
      { number: null, text: '✕ crashed; + failed; hollow: invalid, not to be trusted. Numbers are these notes:' },
      { number: 1, text: 'Bifrost crashed at 300 VUs (12.3 s into the window): its process ended under load.' },
      {
        number: 2,
        text: "LiteLLM proxy invalid at 500 VUs: Little's law: off by 7.1 % (bounds 2 % and 5 %).",
      },
      {
        number: 3,
        text: 'Bifrost failed at 1000 VUs, stage "ready": GET /health did not answer 200 within 60 s.',
      },
      {
        number: null,
        text: 'Not measured: Kong OSS (plain proxy) (skipped: kong 3.9.1 is not installed and its apt repository is not reachable).',
      },
    ]);
  });

  it('share a note between cells that went wrong in the same way, and count repeats', () => {
    const late = (vus: number): CellFacts => ({
      gateway: 'a',
      vus,
      outcome: { kind: 'invalid', reasons: [`mock upstream: late by ${vus} ms`, 'another: reason'] },
    });
    const died = (repeat: number): CellFacts => ({
      gateway: 'b',
      vus: 3,
      repeat,
      outcome:
        repeat === 2
          ? { kind: 'ok' }
          : { kind: 'crashed', exitCode: 1, signal: null, phase: 'warmup', atS: repeat, reason: 'gone', logTail: [] },
    });
    const records = [late(1), late(2), late(3), died(1), died(2), died(3)].map(recordOf);
    const report = renderReport({ run: runOf(records), records, samplesByCell: new Map(), flames: [], claims: null });
    const notes = report.charts[0]?.notes?.map(({ text }) => text) ?? [];
    expect(notes).toContain('a invalid at 1, 2 and 3 VUs: mock upstream: late by 1 ms; and 1 more (this one at 1 VU).');
    expect(notes).toContain('b crashed at 3 VUs (1 s into the warmup, 2 of 3 repeats): gone.');
    expect(report.charts[0]?.marks?.map(({ marks }) => marks.map(({ note }) => note))).toEqual([[1], [1], [1, 2]]);
  });

  it('mark a crash at its second', () => {
    const line = dataset('cpu-over-time-bifrost.png', '300 VUs (crashed ¹)');
    expect(line.data.at(-1)).toMatchObject({ x: 12.34 });
    expect('pointStyle' in line && [line.pointStyle].flat().at(-1)).toBe('crossRot');
  });

  it('have points enough on a short line to tell it from others', () => {
    const record = recordOf({ gateway: 'a', vus: 50 });
    const [first] = exampleRun().samplesByCell.values();
    const samples = (first ?? []).slice(0, 9);
    const input = { run: runOf([record]), records: [record], flames: [], claims: null };
    const report = renderReport({ ...input, samplesByCell: new Map([[record.cell.id, samples]]) });
    const line = report.charts.find(({ fileName }) => fileName === 'cpu-over-time-a.png')?.configuration.data
      .datasets[0];
    const radii = line !== undefined && 'pointRadius' in line ? [line.pointRadius].flat() : [];
    expect(radii.filter((radius) => Number(radius) > 0).length).toBeGreaterThanOrEqual(4);
  });

  it('have every gateway that was started in the legend, in the order of the plan', () => {
    const records = ['b', 'a', 'c'].map((gateway) =>
      recordOf({
        gateway,
        vus: 50,
        ...(gateway === 'a'
          ? { outcome: { kind: 'failed', stage: 'ready', error: 'never ready', logTail: [] } as const }
          : {}),
      }),
    );
    const report = renderReport({ run: runOf(records), records, samplesByCell: new Map(), flames: [], claims: null });
    expect(legendOf(report.charts[0])).toEqual(['b', 'a', 'c', 'ideal: VUs / 60ms']);
    expect(legendOf(whole('throughput.png'))).not.toContain('Kong OSS (plain proxy)');
  });

  it('give a gateway its own colour everywhere, and every line a look of its own without colour', () => {
    for (const file of ['throughput.png', 'latency-p99.png', 'cpu-by-vus.png', 'memory-by-vus.png']) {
      expect(dataset(file, 'Ferro Labs AI Gateway')).toMatchObject({ borderColor: '#d62728' });
    }
    const looks = chart('throughput.png').data.datasets.map(({ label }) => {
      const line = dataset('throughput.png', label ?? '');
      return JSON.stringify('pointStyle' in line && 'borderDash' in line ? [line.pointStyle, line.borderDash] : null);
    });
    expect(looks).not.toContain('null');
    expect(new Set(looks).size).toBe(looks.length);
  });

  it('draw the ideal of the upstream latency', () => {
    const ideal = dataset('throughput.png', 'ideal: VUs / 60ms').data;
    expect(ideal.map((rate) => Math.round(Number(rate)))).toEqual([833, 2_500, 5_000, 8_333, 16_667]);
  });

  it('have no ideal where the upstream has no latency', () => {
    const record = recordOf({ gateway: 'ferro', vus: 1 });
    const run = runOf([record]);
    const instant = { ...run, scenario: { ...run.scenario, upstream: { ...run.scenario.upstream, latency: '0' } } };
    const [first] = renderReport({
      run: instant,
      records: [record],
      samplesByCell: new Map(),
      flames: [],
      claims: null,
    }).charts;
    expect(first?.configuration.data.datasets.map(({ label }) => label)).toEqual(['ferro']);
    expect(legendOf(first)).toEqual(['ferro']);
  });

  it('have titles and units on both axes, in the font that is registered', () => {
    for (const { configuration, fileName } of charts) {
      const axes = Object.values(configuration.options?.scales ?? {});
      expect(axes, fileName).toHaveLength(2);
      for (const axis of axes) {
        expect(axis && 'title' in axis ? axis.title : null, fileName).toMatchObject({
          display: true,
          text: expect.stringMatching(/VUs|per second|\(ms\)|%|MiB|seconds/),
          font: { family: 'DejaVu Sans' },
        });
      }
    }
  });

  it('take a logarithmic axis where values span more than a decade, and only there', () => {
    expect(chart('throughput.png').options?.scales?.y).toMatchObject({ type: 'logarithmic', min: 100, max: 20_000 });
    const close = [50, 150].map((vus) => recordOf({ gateway: 'ferro', vus }));
    const report = renderReport({
      run: runOf(close),
      records: close,
      samplesByCell: new Map(),
      flames: [],
      claims: null,
    });
    for (const { configuration, place } of report.charts) {
      // Only latency may leave 0 out: it is a line, and all of it lies above the upstream's.
      expect(configuration.options?.scales?.y).toMatchObject({ type: 'linear', beginAtZero: place !== 'latency' });
    }
  });

  it('draw a line a VU level over time, with the gaps of the samples and up to a crash', () => {
    const line = dataset('cpu-over-time-bifrost.png', '300 VUs (crashed ¹)').data;
    const points = line.filter((point): point is Point => typeof point === 'object' && point !== null && 'x' in point);
    expect(points.at(-1)?.x).toBeLessThanOrEqual(12.34);
    const unread = dataset('cpu-over-time-ferro.png', '50 VUs').data.find(
      (point) => typeof point === 'object' && point !== null && 'x' in point && point.x === 20,
    );
    expect(unread).toEqual({ x: 20, y: null });
  });

  it('compare RSS where PSS could not be read of everything', () => {
    const records = [
      recordOf({ gateway: 'a', vus: 1 }),
      recordOf({ gateway: 'b', vus: 1, tree: { pssBytesMax: null } }),
    ];
    const report = renderReport({ run: runOf(records), records, samplesByCell: new Map(), flames: [], claims: null });
    expect(report.charts.find(({ fileName }) => fileName === 'memory-by-vus.png')?.title).toContain('RSS');
    expect(charts.find(({ fileName }) => fileName === 'memory-by-vus.png')?.title).toContain('PSS');
  });
});

describe('charts of a load that changes within the window', () => {
  const records = [spiked('a', [4000, 10_000, 8000], 79_900, 0), spiked('b', [4000, 5330, 12_670], 3_864_000, 10)];
  const own = renderReport({
    run: runLike(records, { load: SPIKE }),
    records,
    samplesByCell: new Map(),
    flames: [],
    claims: null,
  }).charts;
  const [rate, p99] = ['rate-over-time.png', 'latency-p99-over-time.png'].map((name) =>
    own.find(({ fileName }) => fileName === name),
  );

  it('are over its seconds, and have no point of its means', () => {
    expect(own.map(({ fileName }) => fileName)).not.toContain('throughput.png');
    const line = rate?.configuration.data.datasets[1];
    expect(line?.data[25]).toEqual({ x: 25, y: 533 });
    expect(legendOf(rate)).toEqual(['a', 'b', 'as planned']);
    expect(rate?.configuration.options?.scales?.y).toMatchObject({ type: 'linear', beginAtZero: true });
  });

  it('have p99 on a logarithmic axis where it spans decades', () => {
    expect(p99?.configuration.data.datasets[1]?.data[25]).toEqual({ x: 25, y: 3864 });
    expect(p99?.configuration.options?.scales?.y).toMatchObject({ type: 'logarithmic' });
    expect(legendOf(p99)).toEqual(['a', 'b']);
  });

  it('draw what can’t be trusted thin and hollow, with its note, and name the level where there are no stages', () => {
    const seconds = Array.from({ length: 60 }, (_, at) => secondOf(at + 15, 800));
    const spoilt = {
      ...recordOf({ gateway: 'a', vus: 50, outcome: { kind: 'invalid', reasons: ['late'] } }),
      seconds,
    };
    const run = runLike([spoilt], { upstream: { faults: ['503@15s..35s'] } });
    const { charts: of } = renderReport({ run, records: [spoilt], samplesByCell: new Map(), flames: [], claims: null });
    const chart = of.find(({ fileName }) => fileName === 'rate-over-time.png');
    expect(chart?.configuration.data.datasets[0]).toMatchObject({ borderWidth: 1, pointBackgroundColor: '#ffffff' });
    expect(legendOf(chart)).toEqual(['a ¹']);
    expect(chart?.notes?.map(({ text }) => text).join()).toContain('late');
    expect(chart?.configuration.options?.plugins?.subtitle?.text).toEqual([expect.stringMatching(/, at 50 VUs$/)]);
  });
});
