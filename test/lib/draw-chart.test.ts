import { inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHART_SIZE, drawChart, PIXEL_RATIO } from '../../src/lib/draw-chart.js';
import { renderReport } from '../../src/report/report.js';
import { exampleRun } from '../support/example-run.js';

/** Width, height and how many different bytes the pixels have, of a PNG. */
function decode(png: Buffer): { width: number; height: number; bytes: number } {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const pixels = inflateSync(Buffer.concat(data));
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), bytes: new Set(pixels).size };
}

describe('drawChart', () => {
  it('draws every chart of a report as a PNG of its size, with something on it', async () => {
    const { charts } = renderReport({ ...exampleRun(), claims: null });
    expect(charts).not.toEqual([]);
    const blank = decode(
      await drawChart({
        configuration: {
          type: 'line',
          data: { datasets: [] },
          options: { scales: { x: { display: false }, y: { display: false } } },
        },
      }),
    );
    for (const { fileName, ...drawing } of charts) {
      const png = await drawChart(drawing);
      expect(png.subarray(0, 8).toString('latin1'), fileName).toBe('\x89PNG\r\n\x1a\n');
      const { width, height, bytes } = decode(png);
      expect(width).toBe(CHART_SIZE.width * PIXEL_RATIO);
      expect(height).toBeGreaterThanOrEqual(Math.floor(CHART_SIZE.height * PIXEL_RATIO));
      expect(bytes, fileName).toBeGreaterThan(blank.bytes + 20);
    }
  });

  it('draws the same chart the same way twice', async () => {
    const [chart] = renderReport({ ...exampleRun(), claims: null }).charts;
    if (chart === undefined) throw new Error('no chart');
    expect((await drawChart(chart)).equals(await drawChart(chart))).toBe(true);
  });

  it('has letters: the font is there', async () => {
    const titled = (text: string) =>
      drawChart({
        configuration: {
          type: 'line',
          data: { datasets: [] },
          options: { plugins: { title: { display: true, text, font: { family: 'DejaVu Sans', size: 40 } } } },
        },
      });
    // Without a font each letter is the same box, or nothing.
    expect((await titled('iiii')).equals(await titled('MMMM'))).toBe(false);
  });

  it('fails in words for a chart that can not be drawn', async () => {
    const broken = JSON.parse('{"type":"no-such-chart","data":{"datasets":[{"data":[1]}]}}');
    await expect(drawChart({ configuration: broken })).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringContaining('no-such-chart'),
    });
  });
});

describe('drawChart without a canvas', () => {
  afterEach(() => {
    vi.doUnmock('canvas');
    vi.resetModules();
  });

  it('fails in words, with the next step', async () => {
    vi.resetModules();
    vi.doMock('canvas', () => {
      throw new Error('Cannot find native binding');
    });
    const fresh = await import('../../src/lib/draw-chart.js');
    await expect(fresh.drawChart({ configuration: { type: 'line', data: { datasets: [] } } })).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringContaining("charts can't be drawn"),
      hint: expect.stringContaining('npm ci'),
    });
  });
});
