import { tabulateShare } from '../lib/format.js';
import { type Html, html } from '../lib/html.js';
import { type PageAssets, pageShell } from '../lib/page-shell.js';
import type { DiffNode, ProfileDiff } from '../profiles/analysis/diff.js';
import { formatCapture, formatSubject } from './page/capture.js';
import { diffCategories } from './page/categories.js';
import { callout, factTable, keyFigures } from './page/elements.js';
import { DIRECTION, flameSection, type Switch } from './page/flame-section.js';
import { diffFunctions } from './page/functions.js';
import { diffData } from './page/pack.js';
import { formatChange } from './view/format-frame.js';
import { formatDiffValue } from './view/node-details.js';
import type { DiffView } from './view/page-data.js';

const WIDTHS: Switch = {
  name: 'widths',
  label: 'Widths',
  options: [
    { value: 'after', label: 'after' },
    { value: 'before', label: 'before' },
  ],
};

const COLOUR: Switch = {
  name: 'colour',
  label: 'Colour by change of',
  options: [
    { value: 'self-change', label: 'self' },
    { value: 'total-change', label: 'total' },
  ],
};

/** A self-contained page that compares two profiles. @returns the HTML document */
export function diffPage(diff: ProfileDiff, assets: PageAssets): string {
  const { before, after, measure } = diff;
  const title = `${before.title} → ${after.title}`;
  const sum = (side: 'before' | 'after') => diff.categories.reduce((all, each) => all + each[side], 0);
  const format = formatDiffValue({ unit: measure.unit });
  const unit = measure.unit === 'share' ? 'share of all samples' : 'CPU per request';
  const body = html`<header>
<h1>${title}</h1>
<p class="subtitle">What changed, in ${measure.unit === 'share' ? 'shares' : 'CPU time per request'}</p>
</header>
${diff.tree === null ? noTree(diff.treeAbsentReason) : graph(diff, diff.tree)}
${callout('Read with care', [...(measure.unit === 'share' ? [measure.reason] : []), ...diff.caveats], 'warning')}
${keyFigures([
  { label: `Before: ${before.title}`, value: format(sum('before')), note: unit },
  { label: `After: ${after.title}`, value: format(sum('after')), note: unit },
  {
    label: 'Change',
    value: formatChange(sum('after') - sum('before'), format),
    note: relativeNote(sum('before'), sum('after')),
  },
])}
<section aria-labelledby="categories-title">
<h2 id="categories-title">By category</h2>
<div class="scroll">${diffCategories(diff.categories, measure.unit)}</div>
</section>
${diffFunctions(diff)}
<section><h2>The two profiles</h2>
${factTable('The two profiles', [
  ['Before', [before.title, formatSubject(before), formatCapture(before)].filter((part) => part).join(' · ')],
  ['After', [after.title, formatSubject(after), formatCapture(after)].filter((part) => part).join(' · ')],
])}
</section>`;
  return pageShell({ title, accent: after.subject?.colour ?? '#59636e', body, assets });
}

function relativeNote(before: number, after: number): string {
  return before > 0 ? formatChange((after - before) / before, tabulateShare) : '';
}

function noTree(reason: string | null): Html {
  return html`<section id="no-tree"><h2>No flame graph</h2><p>Only categories can be compared: ${reason ?? 'the two profiles have no functions in common'}.</p></section>`;
}

function graph(diff: ProfileDiff, tree: DiffNode): Html {
  // Integers are packed. These scales keep differences far below any noise.
  const scale = diff.measure.unit === 'share' ? 1e9 : 1e6;
  const view: DiffView = {
    kind: 'diff',
    unit: diff.measure.unit,
    beforeTitle: diff.before.title,
    afterTitle: diff.after.title,
  };
  return flameSection({
    title: 'Differential flame graph',
    leads: {
      graph:
        'Red frames grew, blue frames shrank. Widths show the profile after; switch to before to see what is gone.',
    },
    switches: [WIDTHS, COLOUR, DIRECTION],
    profiles: [diffData(diff.frames, tree, scale, view)],
  });
}
