import type { PageCell, PageData } from '../page/page-data.js';
import { PERCENTILES } from '../page/percentiles.js';
import { CPU, distribution, memoryCourse, overTime, unpackLatency } from './at-level.js';
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

const charts = {
  throughput: new Chart('#throughput-chart', tooltip),
  latency: new Chart('#latency-chart', tooltip),
  distribution: new Chart('#distribution-chart', tooltip),
  overhead: new Chart('#overhead-chart', tooltip),
  cpu: new Chart('#cpu-chart', tooltip),
  memory: new Chart('#memory-chart', tooltip),
  cpuCost: new Chart('#cpu-cost-chart', tooltip),
  memoryByVus: new Chart('#memory-by-vus-chart', tooltip),
};

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
  charts.throughput.draw(byVus(data, shown, rateMeasure(rate === 'log'), true));
  charts.latency.draw(byVus(data, shown, latencyMeasure(percent, at, latency === 'log')));
  charts.distribution.draw(distribution(data, shown, level, latency === 'log'));
  charts.overhead.draw(byVus(data, shown, overheadMeasure(overhead)));
  charts.cpu.draw(overTime(data, shown, level, CPU));
  charts.memory.draw(overTime(data, shown, level, memoryCourse(memory)));
  charts.cpuCost.draw(byVus(data, shown, CPU_PER_REQUEST));
  charts.memoryByVus.draw(byVus(data, shown, memoryMeasure(memory)));
}

function showPercentile(index: number): void {
  const text = formatPercentile(PERCENTILES[index] ?? 99);
  element('#percentile-shown', HTMLOutputElement).textContent = text;
  element('#percentile', HTMLInputElement).setAttribute('aria-valuetext', text);
}

controls.read();
controls.listen(draw);
watchTheme(draw);
wireTips(tooltip);
draw();
controls.goToPlace();
// For browser automation.
document.documentElement.dataset.ready = 'true';
