import { callTree } from '../profiles/analysis/call-tree.js';
import { NormalisedFrames } from '../profiles/analysis/normalised-frames.js';
import type { CategorisedProfile } from '../profiles/categories/categorise.js';
import { categoryTotals } from '../profiles/categories/category-table.js';
import { cpuUsPerRequest } from '../profiles/measures.js';
import type { FlameEntry } from '../report/profiles/flame-entry.js';
import type { PageExtras } from './page/capture.js';
import { captureSection, formatCapture, formatMeasure, formatSubject } from './page/capture.js';
import { categoryBar } from './page/categories.js';
import { callout, keyFigures } from './page/elements.js';
import { DIRECTION, flameSection, packTree, pageData, type Switch } from './page/flame-section.js';
import { functionTable } from './page/functions.js';
import { type Html, html, NOTHING } from './page/html.js';
import { profileFigures, profileWarnings } from './page/key-figures.js';
import { type PageAssets, pageShell } from './page/shell.js';
import type { PageData } from './view/page-data.js';

const COLOUR: Switch = {
  name: 'colour',
  label: 'Colour by',
  options: [
    { value: 'category', label: 'category' },
    { value: 'module', label: 'module' },
  ],
};

/** A self-contained page about one profile. @returns the HTML document */
export function flamePage(entry: FlameEntry, assets: PageAssets, extras: PageExtras = {}): string {
  const { profile } = entry;
  const { meta } = profile.profile;
  const measure = formatMeasure(meta.kind);
  const body = html`<header>
<h1>${meta.title}</h1>
<p class="subtitle">${[formatSubject(meta), formatCapture(meta)].filter((words) => words).join(' · ')}</p>
</header>
${callout('Read with care', profileWarnings(entry), 'warning')}
${keyFigures(profileFigures(entry))}
${callout('Caveats', meta.caveats, 'caveat')}
${findingsList(extras.findings ?? [])}
<section aria-labelledby="categories-title">
<h2 id="categories-title">Where the time goes</h2>
<p class="lead">Every sample counts for one category: in the kernel by what entered it, elsewhere by the innermost frame that matches a rule.</p>
<div class="scroll">${categoryBar(categoryTotals(profile))}</div>
</section>
${flameSection(
  'Flame graph',
  'Each box is a function, as wide as the time in it and everything it calls. Neighbours are sorted by weight, not by time. Click to zoom; hover, or use the arrow keys, for figures.',
  [DIRECTION, COLOUR],
  profileData(profile, measure),
)}
${functionTable(profile)}
${captureSection(entry, extras)}`;
  return pageShell({ title: meta.title, accent: meta.subject?.colour ?? '#59636e', body, assets });
}

function findingsList(findings: readonly string[]): Html {
  if (findings.length === 0) return NOTHING;
  return html`<section><h2>Findings</h2><ul class="findings">${findings.map((finding) => html`<li>${finding}</li>`)}</ul></section>`;
}

function profileData(categorised: CategorisedProfile, measure: string): PageData {
  const { profile } = categorised;
  const packed = packTree(callTree(categorised), ({ frame, category, selfWeight, selfSamples, children }) => ({
    frame,
    category,
    self: [Math.round(selfWeight), selfSamples],
    children,
  }));
  const functions = new NormalisedFrames();
  const functionNames = [...functions.add(profile)].map((id) => functions.frames[id]?.name ?? '');
  return pageData(profile.frames, functionNames, packed, {
    kind: 'profile',
    unit: profile.meta.unit,
    measure,
    usPerRequest: cpuUsPerRequest(1, profile.meta),
  });
}
