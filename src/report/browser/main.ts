import type { PageCell, PageData } from '../page/page-data.js';
import { PERCENTILES } from '../page/percentiles.js';
import { CPU, distribution, memoryCourse, overTime, p99Course, RATE_COURSE, unpackLatency } from './at-level.js';
import {
  byVus,
  CPU_PER_REQUEST,
  formatPercentile,
  latencyMeasure,
  memoryMeasure,
  overheadMeasure,
  rateMeasure,
} from './by-vus.js';
import { Chart } from './chart.js';
import { element } from './dom.js';
import type { Picture } from './picture.js';
import { themeNow, watchTheme } from './theme.js';
import { wireTips } from './tips.js';
import { Tooltip } from './tooltip.js';
import { Controls } from './view.js';

const data: PageData = JSON.parse(element('#report-data', HTMLScriptElement).textContent ?? '');
const tooltip = new Tooltip();
const controls = new Controls(PERCENTILES);
const percentilesOf = new Map(
  data.cells.map((cell) => [cell, cell.latency === null ? null : unpackLatency(cell.latency)]),
);

/** Charts that this page has a place for, by id. */
const charts = new Map(
  [...document.querySelectorAll('figure.chart')].map(({ id }) => [id, new Chart(`#${id}`, tooltip)]),
);

/** Draw everything as the controls have it. */
function draw(): void {
  const { off, vus, percentile, rate, latency, overhead, memory } = controls.view;
  const { name } = themeNow();
  const shown = data.gateways
    .filter(({ label }) => !off.has(label))
    .map((gateway) => ({ ...gateway, ink: gateway.colour[name] }));
  const level = vus ?? data.vus[0] ?? 0;
  showPercentile(percentile);
  for (const part of document.querySelectorAll<HTMLElement>('[data-gateway]')) {
    part.hidden = off.has(part.dataset.gateway ?? '');
  }
  const at = (cell: PageCell) => percentilesOf.get(cell)?.[percentile] ?? null;
  const percent = PERCENTILES[percentile] ?? 99;
  const due = data.planned === null ? null : { title: 'what was due', points: data.planned };
  const pictures: Record<string, () => Picture | null> = {
    'rate-time-chart': () => overTime(data, shown, level, RATE_COURSE, due),
    'throughput-chart': () => byVus(data, shown, rateMeasure(rate === 'log'), true),
    'latency-time-chart': () => overTime(data, shown, level, p99Course(latency === 'log')),
    'latency-chart': () => byVus(data, shown, latencyMeasure(percent, at, latency === 'log')),
    'distribution-chart': () => distribution(data, shown, level, latency === 'log'),
    'overhead-chart': () => byVus(data, shown, overheadMeasure(overhead)),
    'cpu-chart': () => overTime(data, shown, level, CPU),
    'memory-chart': () => overTime(data, shown, level, memoryCourse(memory)),
    'cpu-cost-chart': () => byVus(data, shown, CPU_PER_REQUEST),
    'memory-by-vus-chart': () => byVus(data, shown, memoryMeasure(memory)),
  };
  for (const [id, chart] of charts) chart.draw(pictures[id]?.() ?? null);
}

/** A page without charts by level has no slider. */
function showPercentile(index: number): void {
  const text = formatPercentile(PERCENTILES[index] ?? 99);
  const output = document.querySelector('#percentile-shown');
  if (output !== null) output.textContent = text;
  document.querySelector('#percentile')?.setAttribute('aria-valuetext', text);
}

controls.read();
controls.listen(draw);
watchTheme(draw);
wireTips(tooltip);
draw();
controls.goToPlace();
// For browser automation.
document.documentElement.dataset.ready = 'true';
