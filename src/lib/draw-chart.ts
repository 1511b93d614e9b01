import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ChartConfiguration } from 'chart.js';
import { ExpectedError, messageOf } from './errors.js';

/** Of the chart, in CSS pixels; the file has {@link PIXEL_RATIO} times as many each way. */
export const CHART_SIZE = { width: 1200, height: 675 } as const;
export const PIXEL_RATIO = 1.5;

const FONT_FILES = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf'];

type Painter = (configuration: ChartConfiguration) => Buffer;

let painter: Promise<Painter> | undefined;

/**
 * Draw a Chart.js configuration.
 * @returns a PNG with a white background
 * @throws ExpectedError where charts can't be drawn on this machine, or this one can't be drawn at all
 */
export async function drawChart(configuration: ChartConfiguration): Promise<Buffer> {
  painter ??= loadPainter();
  const draw = await painter;
  try {
    return draw(configuration);
  } catch (error) {
    throw new ExpectedError(`a chart can't be drawn: ${messageOf(error)}`, undefined, undefined, { cause: error });
  }
}

/**
 * What draws is native code, so it is loaded when a chart is wanted and not before: where it can't be, a report without
 * charts is still a report.
 */
async function loadPainter(): Promise<Painter> {
  try {
    const require = createRequire(import.meta.url);
    // The alias `canvas` is @napi-rs/canvas, also for chartjs-node-canvas, by the overrides in package.json.
    const { GlobalFonts } = await import('canvas');
    const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
    for (const file of FONT_FILES) GlobalFonts.registerFromPath(join(fonts, file), 'DejaVu Sans');
    const { ChartJSNodeCanvas } = await import('chartjs-node-canvas');
    const canvas = new ChartJSNodeCanvas({ ...CHART_SIZE, backgroundColour: 'white' });
    // Only the synchronous interface works on this canvas: its toBuffer takes no callback.
    return (configuration) => canvas.renderToBufferSync(withPixelRatio(configuration), 'image/png');
  } catch (error) {
    throw new ExpectedError(
      `charts can't be drawn: ${messageOf(error)}`,
      'run "npm ci" again on this machine: the canvas is native code for one platform',
      undefined,
      { cause: error },
    );
  }
}

function withPixelRatio(configuration: ChartConfiguration): ChartConfiguration {
  return { ...configuration, options: { ...configuration.options, devicePixelRatio: PIXEL_RATIO } };
}
