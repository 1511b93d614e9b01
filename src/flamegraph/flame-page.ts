import { type Html, html, NOTHING } from '../lib/html.js';
import { type PageAssets, pageShell } from '../lib/page-shell.js';
import { findingsOf } from '../profiles/analysis/findings.js';
import { categorise } from '../profiles/categories/categorise.js';
import { categoryTotals } from '../profiles/categories/category-table.js';
import { defaultGrouping, type Grouping, groupBy } from '../profiles/group-by.js';
import { weightName } from '../profiles/measures.js';
import type { FlameEntry } from '../report/profiles/flame-entry.js';
import { captureSection, formatCapture, formatSubject, type PageExtras } from './page/capture.js';
import { categoryBar } from './page/categories.js';
import { callout, keyFigures } from './page/elements.js';
import { DIRECTION, flameSection, type Switch } from './page/flame-section.js';
import { functionTable } from './page/functions.js';
import { profileFigures, profileSummary, profileWarnings } from './page/key-figures.js';
import { profileData } from './page/pack.js';
import type { PageData } from './view/page-data.js';

/** From this share on, categories say too little about a profile to colour it. */
const MOSTLY_UNKNOWN = 0.3;

const LEADS = {
  graph:
    'Each box is a function, as wide as its part of the whole with everything it calls. From left to right is no order of time. Click to zoom; hover, or use the arrow keys, for figures.',
  sandwich:
    'All that calls a function is above it, all that it calls is below, wherever it is called. Choose it in the list, or click a box.',
  time: 'What a thread ran from left to right, in the order of time. Click a box or drag over a part to zoom; Ctrl and the wheel, + and −, zoom too, the arrow buttons move.',
};

/**
 * A self-contained page about the profiles of one capture.
 * @param entries the one shown first before the others
 * @param grouping of stacks at first; by default what suits the profile
 * @returns the HTML document
 */
export function flamePage(
  entries: readonly [FlameEntry, ...FlameEntry[]],
  assets: PageAssets,
  extras: PageExtras = {},
): string {
  const ungrouped = entries.map(withoutGroups);
  const [first] = entries;
  const { meta } = first.profile.profile;
  const data = ungrouped.map((entry, index) =>
    profileData(entry.profile, extras.grouping ?? shownGrouping(entries[index] ?? first)),
  );
  const body = html`<header>
<h1>${meta.title}</h1>
${ungrouped.map((entry, index) => part(index, heading(entry, index)))}
${profileChoice(entries)}
</header>
${flameSection({
  title: 'Flame graph',
  leads: LEADS,
  switches: [DIRECTION, colourSwitch(ungrouped[0] ?? first)],
  profiles: data,
})}
${ungrouped.map((entry, index) => part(index, analysis(entry, index, extras, data[index] ?? null)))}`;
  return pageShell({
    title: meta.title,
    accent: meta.subject?.colour ?? '#59636e',
    body,
    assets,
    withoutScript: '[data-profile][hidden] { display: block !important; }',
  });
}

/** The same samples without a root for each group: the page's script adds those. */
function withoutGroups(entry: FlameEntry): FlameEntry {
  const { profile } = entry.profile;
  const bare = groupBy(profile, 'none');
  return bare === profile ? entry : { ...entry, profile: categorise(bare) };
}

/** How stacks are grouped already; else what suits them. */
function shownGrouping({ profile: { profile } }: FlameEntry): Grouping {
  const roots = ({ frames, stacks }: typeof profile) => stacks.map((stack) => frames[stack.frames[0] ?? -1]?.name);
  const bare = groupBy(profile, 'none');
  if (bare === profile) return defaultGrouping(profile);
  const shown = roots(profile);
  const isShown = (by: Grouping) => roots(groupBy(bare, by)).every((name, index) => name === shown[index]);
  return (['comm', 'pid', 'tid'] as const).find(isShown) ?? 'none';
}

/** A part of the page that is about one of its profiles. */
function part(index: number, content: Html): Html {
  return html`<div data-profile="${index}"${index === 0 ? NOTHING : html` hidden`}>
${content}
</div>`;
}

function heading(entry: FlameEntry, index: number): Html {
  const { meta } = entry.profile.profile;
  const warnings = profileWarnings(entry).length;
  const care =
    warnings === 0
      ? NOTHING
      : html` · <a class="care" href="#findings-${index}">Read with care: ${warnings === 1 ? 'a warning' : `${warnings} warnings`}</a>`;
  const words = [formatSubject(meta), formatCapture(meta), profileSummary(entry)].filter((each) => each);
  return html`<p class="subtitle">${words.join(' · ')}${care}</p>`;
}

/** By event or sample type, where there are several. */
function profileChoice(entries: readonly FlameEntry[]): Html {
  if (entries.length < 2) return NOTHING;
  const options = entries.map((entry) => {
    const { meta } = entry.profile.profile;
    return html`<option>${`${meta.event ?? weightName(meta)}: ${profileSummary(entry)}`}</option>`;
  });
  return html`<p><label>Profile of <select id="profile">${options}</select></label></p>`;
}

function colourSwitch({ profile }: FlameEntry): Switch {
  const unknown = categoryTotals(profile).find(({ category }) => category === 'unknown');
  return {
    name: 'colour',
    label: 'Colour by',
    options: [
      { value: 'category', label: 'category', title: 'What the time is spent on' },
      { value: 'module', label: 'module', title: 'Library, package, crate, namespace or program' },
    ],
    chosen: (unknown?.share ?? 0) >= MOSTLY_UNKNOWN ? 'module' : 'category',
  };
}

/** What the profile says, in sentences and tables. */
function analysis(entry: FlameEntry, index: number, extras: PageExtras, data: PageData | null): Html {
  const { profile } = entry;
  const { meta } = profile.profile;
  const findings = findingsOf(profile, entry)
    .filter(({ kind }) => kind !== 'warning')
    .map(({ text }) => text);
  return html`<section id="findings-${index}"><h2>Findings</h2>
${callout('Read with care', profileWarnings(entry), 'warning')}
<ul class="findings">${findings.map((finding) => html`<li>${finding}</li>`)}</ul>
${keyFigures(profileFigures(entry))}
${callout('Caveats', meta.caveats, 'caveat')}
</section>
<section>
<h2>${meta.kind !== 'other' ? 'Where the time goes' : `${weightName(meta)} by category`}</h2>
<p class="lead">Every sample counts for one category: in the kernel by what entered it, elsewhere by the innermost frame that matches a rule.</p>
<div class="scroll">${categoryBar(categoryTotals(profile))}</div>
</section>
${functionTable(profile)}
${captureSection(entry, extras, data?.timeline !== null)}`;
}
