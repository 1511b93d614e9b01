import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ChartConfiguration, Plugin } from 'chart.js';
import type { Drawing } from './drawing.js';
import { ExpectedError, messageOf } from './errors.js';
import { PACKAGE_ROOT } from './paths.js';
import { encodePng } from './png.js';

/** Of the chart, in CSS pixels; the file has {@link PIXEL_RATIO} times as many each way. */
export const CHART_SIZE = { width: 1200, height: 675 } as const;
export const PIXEL_RATIO = 1.5;
/** A chart with many notes or a long legend becomes higher, so that its plot doesn't become flat. */
export const MIN_PLOT_HEIGHT = 400;
const MAX_HEIGHT = 4 * CHART_SIZE.height;

const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'];

interface Picture {
  /** RGBA, row by row. */
  pixels: Buffer;
  width: number;
  height: number;
}

type Painter = (drawing: Drawing) => Picture;

let painter: Promise<Painter> | undefined;

/**
 * Draw a Chart.js configuration with its marks and notes.
 * @returns a PNG with a white background
 * @throws ExpectedError if charts can't be drawn on this machine, or this one can't be drawn at all
 */
export async function drawChart(drawing: Drawing): Promise<Buffer> {
  painter ??= loadPainter();
  const paint = await painter;
  try {
    const { pixels, width, height } = paint(drawing);
    return await encodePng(pixels, width, height);
  } catch (error) {
    throw new ExpectedError(`a chart can't be drawn: ${messageOf(error)}`, undefined, undefined, { cause: error });
  }
}

/** The canvas is native code, loaded only when a chart is wanted: without it, a report has no charts but is complete otherwise. */
async function loadPainter(): Promise<Painter> {
  try {
    const require = createRequire(import.meta.url);
    // An alias of @napi-rs/canvas.
    const { GlobalFonts } = await import('canvas');
    const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
    for (const file of FONT_FILES) GlobalFonts.registerFromPath(join(fonts, file), 'DejaVu Sans');
    // Bundled, see scripts/bundle-canvas.mjs: so it uses our canvas wherever gatebench is installed.
    const { ChartJSNodeCanvas }: typeof import('chartjs-node-canvas') = require(
      join(PACKAGE_ROOT, 'dist', 'chart-canvas', 'index.cjs'),
    );
    const [{ layouts }, { MarkStrip }, { ChartFooter }] = await Promise.all([
      import('chart.js'),
      import('./chart-marks.js'),
      import('./chart-footer.js'),
    ]);
    const canvas = new ChartJSNodeCanvas({ ...CHART_SIZE, plugins: { modern: [WHITE_BACKGROUND, ENOUGH_HEIGHT] } });
    return ({ configuration, marks = [], notes = [] }) => {
      const size = { width: 0, height: 0 };
      const around: Plugin = {
        id: 'around-the-plot',
        beforeInit(chart) {
          handOutPixels(chart.canvas);
          if (marks.length > 0) layouts.addBox(chart, new MarkStrip(chart.ctx, marks));
          if (notes.length > 0) layouts.addBox(chart, new ChartFooter(chart.ctx, notes));
        },
        afterDraw(chart) {
          size.width = Math.floor(chart.canvas.width);
          size.height = Math.floor(chart.canvas.height);
        },
      };
      // Only the synchronous interface works on this canvas: its toBuffer takes no callback.
      const pixels = canvas.renderToBufferSync(withPlugin(configuration, around));
      return { pixels, ...size };
    };
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
function handOutPixels(canvas: object): void {
  if (!('data' in canvas) || typeof canvas.data !== 'function') throw new Error('the canvas has no raw pixels');
  Object.assign(canvas, { toBuffer: canvas.data });
}

const WHITE_BACKGROUND: Plugin = {
  id: 'white-background',
  beforeDraw({ ctx, width, height }) {
    ctx.save();
    ctx.fillStyle = 'white';
    ctx.fillRect(0, 0, width, height);
    ctx.restore();
  },
};

/** What is around the plot is known once it is laid out. */
const ENOUGH_HEIGHT: Plugin = {
  id: 'enough-height',
  afterLayout(chart) {
    const missing = Math.ceil(MIN_PLOT_HEIGHT - chart.chartArea.height);
    const height = Math.min(chart.height + missing, MAX_HEIGHT);
    // A resize lays it out once more.
    if (height > chart.height) chart.resize(chart.width, height);
  },
};

function withPlugin(configuration: ChartConfiguration, plugin: Plugin): ChartConfiguration {
  return {
    ...configuration,
    options: { ...configuration.options, devicePixelRatio: PIXEL_RATIO },
    plugins: [...(configuration.plugins ?? []), plugin],
  };
}
