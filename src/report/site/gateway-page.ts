import type { Trend } from '../../analysis/trend.js';
import { formatLevel, formatTitle } from '../../lib/format.js';
import { type Html, html } from '../../lib/html.js';
import { formatMachineClass } from '../format-machine.js';
import { trendIntroduction, trendSections } from '../history/trend-sections.js';
import { notesHtml, sitePage, tableHtml } from './layout.js';
import { gatewayPage, linkTo, runFolder } from './links.js';
import type { SiteData, SiteGateway } from './site-data.js';
import { trendChart } from './trend-chart.js';

/** A gateway over all runs, by every metric that a site shows. */
export function gatewayHistoryPage(data: SiteData, gateway: SiteGateway): string {
  const path = gatewayPage(gateway.label);
  const { title, versions, runs, trends } = gateway;
  const known = versions.length === 0 ? '' : ` Versions: ${versions.join(', ')}.`;
  return sitePage(data.frame, {
    path,
    part: 'gateways',
    title: formatTitle(title, versions[0] ?? null),
    body: html`<p class="lead">${`In ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} as ${gateway.label}.${known}`}</p>
${trends.map((trend, index) => trendHtml(path, trend, index === 0))}`,
  });
}

function trendHtml(path: string, trend: Trend, isFirst: boolean): Html {
  const { lead, notes } = trendIntroduction(trend);
  const { title } = trend.metric;
  return html`<h2>${`${title.slice(0, 1).toUpperCase()}${title.slice(1)}`}</h2>
${isFirst ? html`${lead.map((sentence) => html`<p class="lead">${sentence}</p>`)}${notesHtml(notes)}` : []}
${classesHtml(path, trend)}`;
}

/** Newest class first. */
function classesHtml(path: string, trend: Trend): Html[] {
  return trend.classes.toReversed().flatMap((each) => {
    const sections = trendSections({ ...trend, classes: [each] });
    const ids = new Map(each.class.runs.map(({ run }) => [run.id, linkTo(path, `${runFolder(run.id)}/index.html`)]));
    const machine = `class ${each.class.name}: ${formatMachineClass(each.class.runs[0].run.machine)}`;
    return each.series.map((series, index) => {
      const section = sections[index];
      if (section === undefined || section.table === null) return html``;
      return html`<h3>${`${formatLevel(series.vus, series.model)}, ${machine}`}</h3>
${trendChart(trend.label, trend.metric, series)}
${notesHtml(section.notes)}
<details><summary>${`The figures at ${formatLevel(series.vus, series.model)}`}</summary>
${tableHtml(section.table, section.title, (text) => ids.get(text) ?? null)}
</details>`;
    });
  });
}
