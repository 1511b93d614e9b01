import { describe, expect, it } from 'vitest';
import { CHART_SIZE, MIN_PLOT_HEIGHT } from '../../src/lib/draw-chart.js';
import { type Chart, renderReport } from '../../src/report/report.js';
import { crowdedRun } from '../support/crowded-run.js';
import { type Drawn, drawRecorded, overlap } from '../support/drawn-text.js';
import { exampleRun } from '../support/example-run.js';

function overlaps({ texts }: Drawn): string[] {
  return texts.flatMap((first, index) =>
    texts
      .slice(index + 1)
      .filter((second) => overlap(first, second))
      .map((second) => `"${first.text}" and "${second.text}"`),
  );
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

describe.each([
  ['ten gateways at eight VU levels, many of them in trouble', crowdedRun()],
  ['six gateways at five VU levels', { ...exampleRun(), claims: null }],
])('charts of %s', (_, input) => {
  const { charts } = renderReport(input);
  const pictures = new Map(charts.map((chart) => [chart, once(() => drawRecorded(chart))]));
  const pictureOf = (chart: Chart) => pictures.get(chart)?.() ?? drawRecorded(chart);

  it.each(charts.map((chart) => [chart.fileName, chart] as const))('have no text on another: %s', async (_, chart) => {
    const drawn = await pictureOf(chart);
    expect(drawn.texts.length).toBeGreaterThan(10);
    expect(overlaps(drawn)).toEqual([]);
    for (const text of drawn.texts) {
      expect(overlap(text, drawn.plot), `"${text.text}" is on the plot`).toBe(false);
      expect(text.left, text.text).toBeGreaterThanOrEqual(0);
      expect(text.right, text.text).toBeLessThanOrEqual(drawn.width);
      expect(text.bottom, text.text).toBeLessThanOrEqual(drawn.height);
    }
  });

  it('keep their plot high, however much is around it', async () => {
    for (const chart of charts) {
      const { plot, height, width } = await pictureOf(chart);
      expect(plot.bottom - plot.top, chart.fileName).toBeGreaterThanOrEqual(MIN_PLOT_HEIGHT);
      expect(height).toBeGreaterThanOrEqual(CHART_SIZE.height);
      expect(width).toBe(CHART_SIZE.width);
    }
  });
});

describe('charts of ten gateways at eight VU levels', () => {
  const { charts } = renderReport(crowdedRun());

  it('show every note that a mark refers to, and every mark that a note belongs to', async () => {
    for (const chart of charts.filter(({ marks }) => marks !== undefined)) {
      const { texts, plot, height } = await drawRecorded(chart);
      const marked = (chart.marks ?? []).flatMap(({ marks }) => marks.map(({ note }) => note));
      const numbered = (chart.notes ?? []).flatMap(({ number }) => number ?? []);
      expect(new Set(marked)).toEqual(new Set(numbered));
      expect(numbered).toEqual(numbered.map((_, index) => index + 1));
      const below = texts.filter(({ top }) => top > plot.bottom).map(({ text }) => text);
      for (const number of numbered) expect(below.filter((text) => text === String(number)).length).toBeGreaterThan(1);
      expect(height).toBeGreaterThan(CHART_SIZE.height);
    }
  });

  it('become no higher where nothing is around them', async () => {
    const { height } = await drawRecorded({ configuration: { type: 'line', data: { datasets: [] } } });
    expect(height).toBe(CHART_SIZE.height);
  });
});
