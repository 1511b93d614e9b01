import type { Drawing } from '../lib/drawing.js';

/** A chart to be drawn by `src/lib/draw-chart.ts`, and its file below `report/charts/`. */
export interface Chart extends Drawing {
  /** `throughput.png`. */
  fileName: string;
  title: string;
  /** Part of the report that shows it. */
  place: 'run' | 'throughput' | 'latency' | 'resources';
}
