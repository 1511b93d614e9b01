import { THRESHOLDS } from '../../analysis/thresholds.js';
import { formatLevel, formatTitle } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import { formatStep } from '../history/format-figure.js';
import { formatMoment, runListSection } from '../history/run-list.js';
import { columns, type Section } from '../section.js';
import { throughputSection } from '../throughput-table.js';
import { sectionHtml, sitePage } from './layout.js';
import { gatewayPage, linkTo, runFolder, SITE_PAGES } from './links.js';
import { type SiteChange, type SiteData, siteChanges } from './site-data.js';
import { trendChart } from './trend-chart.js';

/** As many runs and changes as an overview has. */
const NEWEST = 10;

function runLink(from: string, { runs }: SiteData): (text: string) => string | null {
  const ids = new Set(runs.map(({ id }) => id));
  return (text) => (ids.has(text) ? linkTo(from, `${runFolder(text)}/index.html`) : null);
}

/** What a visitor sees first: the newest run's figures, what changed lately, and the newest runs. */
export function overviewPage(data: SiteData): string {
  const path = SITE_PAGES.overview;
  const { runs, gateways, classes } = data;
  const [newest] = runs;
  const shown = runs.slice(0, NEWEST);
  const days = newest === undefined ? [] : [...new Set([runs.at(-1)?.createdAt ?? '', newest.createdAt].map(day))];
  const changes = siteChanges(gateways, 'rate').slice(0, NEWEST);
  const measured = classes.flatMap((each) => each.runs).find(({ run }) => run.id === newest?.id);
  return sitePage(data.frame, {
    path,
    part: 'overview',
    title: data.frame.title,
    body: html`<p class="lead">${`${count(runs.length, 'run')} of ${count(gateways.length, 'gateway')}, ${days.join(' to ')}. Figures of two machines don’t compare: runs are shown together where machine, its speed, engine and scenario are the same.`}</p>
${
  newest === undefined || measured === undefined
    ? NOTHING
    : html`<h2>Newest run</h2>
<p><a href="${linkTo(path, `${runFolder(newest.id)}/index.html`)}">${newest.id}</a>, ${formatMoment(newest.createdAt)} UTC, scenario ${newest.scenario}</p>
${sectionHtml(throughputSection(measured.summaries, measured.run.machine, []), 3)}`
}
${changesHtml(path, changes)}
${sectionHtml({ ...runListSection(shown, []), title: 'Runs' }, 2, runLink(path, data))}
<p><a href="${linkTo(path, SITE_PAGES.runs)}">${`All ${count(runs.length, 'run')}`}</a></p>`,
  });
}

/** Every run, and what tells the classes apart. */
export function runsPage(data: SiteData): string {
  const path = SITE_PAGES.runs;
  const section = runListSection(data.runs, data.classes);
  return sitePage(data.frame, {
    path,
    part: 'runs',
    title: 'Runs',
    body: sectionHtml(
      { ...section, title: '', lead: ['Runs of one class compare with one another, runs of two classes don’t.'] },
      2,
      runLink(path, data),
    ),
  });
}

/** Every gateway. */
export function gatewaysPage(data: SiteData): string {
  const path = SITE_PAGES.gateways;
  const labels = new Map(data.gateways.map(({ label }) => [label, linkTo(path, gatewayPage(label))]));
  const link = runLink(path, data);
  const section: Section = {
    title: '',
    lead: [],
    table: {
      columns: columns(['Name', 'Gateway', 'Versions', 'Runs', 'Newest run'], 3),
      rows: data.gateways.map(({ label, title, versions, runs }) => [
        label,
        title,
        versions.join(', '),
        String(runs.length),
        runs[0]?.id ?? '',
      ]),
    },
    notes: [],
  };
  return sitePage(data.frame, {
    path,
    part: 'gateways',
    title: 'Gateways',
    body: sectionHtml(section, 2, (text) => labels.get(text) ?? link(text)),
  });
}

/** Where figures went over to another level, and the rate of every gateway over its runs. */
export function historyPage(data: SiteData): string {
  const path = SITE_PAGES.history;
  const parts = data.gateways.flatMap((gateway) => {
    const trend = gateway.trends.find(({ metric }) => metric.name === 'rate');
    // Of the newest class the highest level: there a gateway shows most of what it can do.
    const series = trend?.classes.at(-1)?.series.at(-1);
    if (trend === undefined || series === undefined) return [];
    return [
      html`<h3><a href="${linkTo(path, gatewayPage(gateway.label))}">${formatTitle(gateway.title, gateway.versions[0] ?? null)}</a> at ${formatLevel(series.vus, series.model)}</h3>
${trendChart(gateway.label, trend.metric, series)}`,
    ];
  });
  const changes = siteChanges(data.gateways, 'rate');
  return sitePage(data.frame, {
    path,
    part: 'history',
    title: 'History',
    body: html`${changes.length === 0 ? html`<p>No change of a gateway’s rate was found. It takes ${THRESHOLDS.history.minRuns} runs of one class to tell one.</p>` : changesHtml(path, changes)}
<h2>Rate over runs</h2>
<p class="lead">Each gateway at its most VUs, in the newest class of runs. A gateway’s own page has all.</p>
${parts}`,
  });
}

function changesHtml(path: string, changes: readonly SiteChange[]): Html {
  if (changes.length === 0) return NOTHING;
  const gateways = new Map(changes.map(({ gateway }) => [gateway.label, linkTo(path, gatewayPage(gateway.label))]));
  const runs = new Map(changes.map(({ run }) => [run.id, linkTo(path, `${runFolder(run.id)}/index.html`)]));
  const section: Section = {
    title: 'Changes',
    lead: ['Runs from which on a rate is at another level, within one class.'],
    table: {
      columns: columns(['From', 'Gateway', 'VUs', 'Class', 'Rate', 'What else changed'], 6),
      rows: changes.map(({ gateway, metric, series, className, change, run }) => [
        run.id,
        gateway.label,
        String(series.vus),
        className,
        `${change.better ? '▲' : '▼'} ${formatStep(metric, change.change)}`,
        change.besides.join('; ') || 'nothing that is recorded',
      ]),
    },
    notes: [],
  };
  return sectionHtml(section, 2, (text) => runs.get(text) ?? gateways.get(text) ?? null);
}

function day(iso: string): string {
  return iso.slice(0, 10);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
