import { type Html, html, NOTHING } from '../../lib/html.js';
import type { ReportSections } from '../sections.js';
import { chartPlace, choices } from './chart-parts.js';
import type { PageData } from './page-data.js';
import { PERCENTILES, percentileIndex } from './percentiles.js';
import { folded, leads, sectionHtml } from './section-html.js';

const SCALES = [
  { value: 'linear', label: 'linear' },
  { value: 'log', label: 'logarithmic' },
];
const MARKS =
  'A hollow mark is invalid: hover, tap, or walk there with the arrow keys to read why. ✕ is where a gateway crashed or failed.';
const LEVELS = { closed: 'VUs', open: 'planned rate' };
const SECONDS = 'Of the repeat that the tables show, second by second.';
const BAND = 'Bands are 95 % intervals over repeats, where there are three or more.';

export function throughputPart(sections: ReportSections, data: PageData): Html {
  const { wideRates, upstreamLatencyS, model, changes, planned } = data;
  const { throughput, openLoop, stages, shapes, differences, differencesLead } = sections;
  const ideal =
    upstreamLatencyS === null
      ? ''
      : 'The dotted line is what the upstream’s latency alone would allow, VUs / latency. ';
  const pairs = differences.flatMap(({ rate, others }) => [rate, others].filter((section) => section !== null));
  const plan = planned === null ? '' : ' The dotted line is what was due.';
  return html`${changes ? chartPlace('rate-time-chart', 'Successful requests over time', `${SECONDS}${plan}`) : NOTHING}
${
  isPoint(data)
    ? NOTHING
    : html`${choices('rate', 'Axes', SCALES, wideRates ? 'log' : 'linear')}
${chartPlace('throughput-chart', `Successful requests per second by ${LEVELS[model]}`, `${ideal}${BAND} ${MARKS}`)}`
}
${sectionHtml({ ...throughput, title: 'Throughput' }, null)}
${[...openLoop, ...stages].map((section) => sectionHtml(section, 3))}
${shapes.length === 0 ? NOTHING : folded('Shapes of the curves', html`${shapes.map((section) => sectionHtml(section, 4))}`)}
${
  pairs.length === 0
    ? NOTHING
    : folded(
        'Which differences are sure',
        html`${leads(differencesLead)}${pairs.map((section) => sectionHtml(section, 4))}`,
      )
}`;
}

/** Whether charts by level would show a point for each gateway that says nothing of what changed within the window. */
function isPoint({ changes, vus }: PageData): boolean {
  return changes && vus.length < 2;
}

export function latencyPart(sections: ReportSections, data: PageData): Html {
  const { wideLatencies, model, changes } = data;
  const { latencyLead, latency, classes, answers, intervalsLead, intervals } = sections;
  const axes = choices('latency', 'Axes', SCALES, wideLatencies ? 'log' : 'linear');
  return html`<div class="row">${isPoint(data) ? NOTHING : slider()}${axes}</div>
${changes ? chartPlace('latency-time-chart', 'p99 over time', SECONDS) : NOTHING}
${
  isPoint(data)
    ? NOTHING
    : chartPlace(
        'latency-chart',
        `Latency of successful requests by ${LEVELS[model]}`,
        `Of the repeat with the median rate; at p50, p95 and p99 the estimate over repeats, where there are three or more, with its 95 % interval. ${MARKS}`,
      )
}
${chartPlace('distribution-chart', 'Distribution at one level', 'Each nine is as long: half of the requests are left of 50 %, one in a thousand right of 99.9 %. From where a line is thin, too few requests are behind it for a margin of a twentieth of the tail.')}
${folded('Latency and resources of each gateway, as tables', html`${leads(latencyLead)}${latency.map((section) => sectionHtml(section, 4))}`)}
${[...classes, answers ?? []].flat().map((section) => sectionHtml(section, 3))}
${
  intervals.length === 0
    ? NOTHING
    : folded('Intervals', html`${leads(intervalsLead)}${intervals.map((section) => sectionHtml(section, 4))}`)
}`;
}

function slider(): Html {
  return html`<div class="slider"><label for="percentile">Percentile <output for="percentile" id="percentile-shown">p99</output></label>
<input type="range" id="percentile" min="0" max="${PERCENTILES.length - 1}" step="1" value="${percentileIndex(99)}" aria-valuetext="p99"></div>`;
}

/** Null where it would be a point of what changed within the window. */
export function overheadPart(data: PageData): Html | null {
  if (isPoint(data)) return null;
  const options = [
    { value: 'p50', label: 'p50' },
    { value: 'p99', label: 'p99' },
  ];
  return html`${choices('overhead', 'Percentile', options, 'p50')}
${chartPlace('overhead-chart', 'Latency that a gateway adds', `The gateway’s percentile less that of the direct run at the same load and repeat; it may be below 0. ${BAND} ${MARKS}`)}`;
}

export function resourcesPart(data: PageData): Html {
  const { model } = data;
  const options = [
    { value: 'rss', label: 'RSS' },
    { value: 'pss', label: 'PSS' },
  ];
  return html`${choices('memory', 'Memory as', options, 'rss')}
<div class="pair">
${chartPlace('cpu-chart', 'CPU over time', 'Of the whole process tree, at one level of load; 100 % is one core.')}
${chartPlace('memory-chart', 'Memory over time', 'Of the whole process tree. RSS counts a page that processes share once for each, PSS once.')}
${
  isPoint(data)
    ? NOTHING
    : html`${chartPlace('cpu-cost-chart', `CPU per request by ${LEVELS[model]}`, `CPU time of the window over its requests. ${BAND}`)}
${chartPlace('memory-by-vus-chart', `Largest memory by ${LEVELS[model]}`, BAND)}`
}
</div>`;
}
