import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ChartConfiguration, Plugin } from 'chart.js';
import { ExpectedError, messageOf } from './errors.js';
import { encodePng } from './png.js';

/** Of the chart, in CSS pixels; the file has {@link PIXEL_RATIO} times as many each way. */
export const CHART_SIZE = { width: 1200, height: 675 } as const;
export const PIXEL_RATIO = 1.5;

const PIXELS = {
  width: Math.floor(CHART_SIZE.width * PIXEL_RATIO),
  height: Math.floor(CHART_SIZE.height * PIXEL_RATIO),
};

const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'];

/** Draws a chart and returns its pixels, RGBA. */
type Painter = (configuration: ChartConfiguration) => Buffer;

let painter: Promise<Painter> | undefined;

/**
 * Draw a Chart.js configuration.
 * @returns a PNG with a white background
 * @throws ExpectedError if charts can't be drawn on this machine, or this one can't be drawn at all
 */
export async function drawChart(configuration: ChartConfiguration): Promise<Buffer> {
  painter ??= loadPainter();
  const paint = await painter;
  try {
    return await encodePng(paint(configuration), PIXELS.width, PIXELS.height);
  } catch (error) {
    throw new ExpectedError(`a chart can't be drawn: ${messageOf(error)}`, undefined, undefined, { cause: error });
  }
}

/** The canvas is native code, loaded only when a chart is wanted: without it, a report has no charts but is complete otherwise. */
async function loadPainter(): Promise<Painter> {
  try {
    const require = createRequire(import.meta.url);
    // The alias `canvas` is @napi-rs/canvas, also for chartjs-node-canvas, by the overrides in package.json.
    const { GlobalFonts } = await import('canvas');
    const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
    for (const file of FONT_FILES) GlobalFonts.registerFromPath(join(fonts, file), 'DejaVu Sans');
    const { ChartJSNodeCanvas } = await import('chartjs-node-canvas');
    const canvas = new ChartJSNodeCanvas({
      ...CHART_SIZE,
      backgroundColour: 'white',
      plugins: { modern: [RAW_PIXELS] },
    });
    // Only the synchronous interface works on this canvas: its toBuffer takes no callback.
    return (configuration) => canvas.renderToBufferSync(withPixelRatio(configuration));
  } catch (error) {
    throw new ExpectedError(
      `charts can't be drawn: ${messageOf(error)}`,
      'run "npm ci" again on this machine: the canvas is native code for one platform',
      undefined,
      { cause: error },
    );
  }
}

/** Encoding takes longer than drawing in @napi-rs/canvas: its canvases hand out pixels instead, for {@link encodePng}. */
const RAW_PIXELS: Plugin = {
  id: 'raw-pixels',
  beforeInit({ canvas }) {
    if (!('data' in canvas) || typeof canvas.data !== 'function') throw new Error('the canvas has no raw pixels');
    Object.assign(canvas, { toBuffer: canvas.data });
  },
};

function withPixelRatio(configuration: ChartConfiguration): ChartConfiguration {
  return { ...configuration, options: { ...configuration.options, devicePixelRatio: PIXEL_RATIO } };
}
