import { decimal, formatVus, rate } from '../../report/format.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { factTable } from './facts.js';
import { formatDate, formatKernel, formatSubject } from './format-meta.js';
import { type Html, html, NOTHING } from './html.js';
import type { PageExtras } from './page-extras.js';

/** How the profile was made, so that it can be judged and made again. */
export function captureSection(entry: FlameEntry, { machine, files }: PageExtras): Html {
  const { meta, frames, stacks } = entry.profile.profile;
  const { load } = meta;
  return html`<section aria-labelledby="capture-title">
<h2 id="capture-title">How it was captured</h2>
${factTable('How the profile was captured', [
  ['Profiled', formatSubject(meta)],
  ['Profiler', meta.tool ?? meta.profiler],
  ['Event', meta.event],
  ['Sampling rate', meta.rateHz === null ? null : `${decimal(meta.rateHz, meta.rateHz % 1 === 0 ? 0 : 1)} Hz`],
  ['Started', meta.startedAt === null ? null : formatDate(meta.startedAt)],
  ['Lasted', meta.durationS === null ? null : `${decimal(meta.durationS, 1)} s`],
  ['Samples lost', meta.lost === null ? 'the tool doesn’t say' : decimal(meta.lost, 0)],
  ['Kernel frames', formatKernel(meta.kernel)],
  [
    'Load',
    load === null
      ? 'none of ours'
      : `${formatVus(load.vus)}, ${rate(load.ratePerSec)} requests a second, ${decimal(load.requests, 0)} requests while it was captured`,
  ],
  [
    'Without the profiler',
    entry.unprofiled === null ? 'not measured' : `${rate(entry.unprofiled.ratePerSec)} requests a second`,
  ],
  ['Functions and stacks', `${decimal(frames.length, 0)} functions in ${decimal(stacks.length, 0)} different stacks`],
  ['Machine', machine ?? null],
])}
${meta.command === null ? NOTHING : html`<pre aria-label="Command">${meta.command}</pre>`}
${fileList(files ?? [])}
</section>`;
}

function fileList(files: NonNullable<PageExtras['files']>): Html {
  if (files.length === 0) return NOTHING;
  return html`<p>The same profile as ${files.map(
    ({ label, href }, index) => html`${index === 0 ? '' : ', '}<a href="${href}">${label}</a>`,
  )}.</p>`;
}
