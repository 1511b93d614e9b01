import { type Html, html, NOTHING, scriptJson, trusted } from '../../lib/html.js';
import { type PageAssets, pageShell } from '../../lib/page-shell.js';
import { printable } from '../../lib/printable.js';
import { formatTls } from '../../model/format-tls.js';
import type { Sample } from '../../model/resources.js';
import type { DerivedReport } from '../derived-report.js';
import { formatMachineClass } from '../format-machine.js';
import { reproduceAll } from '../reproduce.js';
import type { Section } from '../section.js';
import type { ReportSections } from '../sections.js';
import { answerPart } from './answer-part.js';
import { type ClaimVerdicts, claimVerdicts } from './claims-part.js';
import { controls } from './controls.js';
import { flamePictures } from './flame-part.js';
import { gateMatrix } from './gate-matrix.js';
import { gatherData } from './gather-data.js';
import { latencyPart, overheadPart, resourcesPart, throughputPart } from './measured-parts.js';
import type { PageData } from './page-data.js';
import { folded, leads, sectionHtml } from './section-html.js';

/** What a page has besides a run's figures. */
export interface PageExtras {
  /** Bundled by `npm run build`: `pageAssets('report-page')`. */
  assets: PageAssets;
  /** Samples by cell id, for the charts over time. */
  samplesByCell: ReadonlyMap<string, readonly Sample[]>;
  /** Small static flame graphs as SVG, by cell id; their pages are beside this one in `flame/<cell-id>/`. */
  flamePictures?: ReadonlyMap<string, string>;
  /** Of a page that is part of a site: the way back, and the files beside it, as relative links. */
  site?: { home: string; files: readonly string[] };
}

const ACCENT = '#4a6fa5';

/** Readers without a script have every table, and no place for charts. */
const WITHOUT_SCRIPT = '.controls, .choices, .slider, figure.chart { display: none !important; }';

interface Part {
  id: string;
  title: string;
  content: Html;
}

/**
 * `index.html`: one self-contained document with the whole report. It can be opened from a file, mailed, printed, and kept
 * for years; its policy forbids any request to a server.
 */
export function reportPage(report: DerivedReport, sections: ReportSections, extras: PageExtras): string {
  const { run } = report;
  const data = gatherData(report, extras.samplesByCell);
  const parts = partsOf(report, sections, extras, data);
  const body = html`<header>
<h1>${run.scenario.title}</h1>
<p class="subtitle">${[report.pool === null ? run.id : `${report.pool.parts.length} runs`, formatMachineClass(run.machine), `${run.engine.name} ${run.engine.version}`, formatTls(run.scenario) ?? []].flat().join(' · ')}</p>
${siteLinks(extras)}
</header>
${answerPart(report, sections.answer)}
<nav class="contents" aria-label="Contents"><ul>${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${controls(data)}
<noscript><p class="lead">The charts need JavaScript. Every figure is in the tables too.</p></noscript>
${parts.map(
  ({ id, title, content }) => html`<section id="${id}" tabindex="-1" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>
`,
)}
<div id="announcement" class="visually-hidden" aria-live="polite"></div>
<script type="application/json" id="report-data">${scriptJson(data)}</script>`;
  // Of what comes from logs and programs, nothing may turn the page's text round or hide in it.
  const shown = trusted(printable(body.html));
  return pageShell({
    title: printable(sections.title),
    accent: ACCENT,
    body: shown,
    assets: extras.assets,
    withoutScript: WITHOUT_SCRIPT,
  });
}

function partsOf(report: DerivedReport, sections: ReportSections, extras: PageExtras, data: PageData): Part[] {
  const { flames } = report;
  const { cost, failures } = sections;
  const claims = claimVerdicts(report);
  const overhead = overheadPart(data);
  const parts: (Part | null)[] = [
    runsPart(sections),
    sections.capacity.length === 0
      ? null
      : {
          id: 'capacity',
          title: 'Capacity',
          content: firstOfPart(sections.capacity),
        },
    { id: 'throughput', title: 'Throughput', content: throughputPart(sections, data) },
    { id: 'latency', title: 'Latency', content: latencyPart(sections, data) },
    sections.streams.length === 0
      ? null
      : {
          id: 'streaming',
          title: 'Streaming',
          content: html`${sections.streams.map((section) => sectionHtml(section, 3))}`,
        },
    overhead === null ? null : { id: 'overhead', title: 'Overhead', content: overhead },
    { id: 'resources', title: 'CPU and memory', content: resourcesPart(data) },
    failures.length === 0
      ? null
      : { id: 'failures', title: 'Failures', content: html`${failures.map((section) => sectionHtml(section, 3))}` },
    sections.soak.length === 0 ? null : { id: 'soak', title: 'Soak', content: firstOfPart(sections.soak) },
    cost.length === 0
      ? null
      : { id: 'cost', title: 'Cost and footprint', content: html`${cost.map((section) => sectionHtml(section, 3))}` },
    flames.length === 0 && sections.flame.length === 0
      ? null
      : { id: 'flame', title: 'Flame graphs', content: flamePart(report, sections, extras) },
    { id: 'gates', title: 'Gates', content: gatesPart(report, sections) },
    claims === null ? null : { id: 'claims', title: 'Published claims', content: claimsPart(claims, sections) },
    {
      id: 'run',
      title: 'The run',
      content: html`${sectionHtml(sections.run, null)}${sectionHtml(sections.versions, 3)}`,
    },
    {
      id: 'again',
      title: 'How to run this again',
      content: html`<pre tabindex="0" aria-label="Commands">${reproduceAll(report.run, report.pool).join('\n')}</pre>`,
    },
  ];
  return parts.filter((part) => part !== null);
}

/** Sections of a part: the first has the part's own title. */
function firstOfPart(sections: readonly Section[]): Html {
  return html`${sections.map((section, at) => sectionHtml(section, at === 0 ? null : 3))}`;
}

/** Of several runs: which these are, and what differs among them, before any figure of theirs. */
function runsPart({ runs: [runs, ...more] }: ReportSections): Part | null {
  if (runs === undefined) return null;
  const content = html`${sectionHtml(runs, null)}${more.map((section) => sectionHtml(section, 3))}`;
  return { id: 'runs', title: runs.title, content };
}

function flamePart({ flames }: DerivedReport, sections: ReportSections, extras: PageExtras): Html {
  return html`${flames.length === 0 ? NOTHING : flamePictures(flames, extras.flamePictures ?? new Map())}
${folded('Categories, findings and hot functions', html`${sections.flame.map((section) => sectionHtml(section, 4))}`)}`;
}

function gatesPart(report: DerivedReport, { validity }: ReportSections): Html {
  return html`${leads(validity.lead)}
${gateMatrix(report)}
${folded('Everything that warned, failed or wasn’t known', sectionHtml({ ...validity, lead: [] }, null))}`;
}

function claimsPart({ doubtful, reproduced }: ClaimVerdicts, { claims, shapeClaims }: ReportSections): Html {
  const beside = [claims, shapeClaims].filter((section) => section !== null);
  return html`${sectionHtml(doubtful, null)}
${reproduced === null ? NOTHING : folded(reproduced.title, sectionHtml(reproduced, null))}
${beside.length === 0 ? NOTHING : folded('Published and measured figures side by side', html`${beside.map((section) => sectionHtml(section, 4))}`)}`;
}

function siteLinks({ site }: PageExtras): Html {
  if (site === undefined) return NOTHING;
  const files = site.files.map(
    (name, index) => html`${index === 0 ? '' : ', '}<a href="${encodeURI(name)}">${name}</a>`,
  );
  return html`<p><a href="${site.home}">All runs</a> · Data: ${files}</p>`;
}
