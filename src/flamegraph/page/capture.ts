import { formatDecimal, formatRate, formatTitle, formatVus } from '../../lib/format.js';
import { type Html, html, NOTHING } from '../../lib/html.js';
import type { ProfileMeta } from '../../model/profile.js';
import type { Grouping } from '../../profiles/group-by.js';
import type { FlameEntry } from '../../report/profiles/flame-entry.js';
import { factTable } from './elements.js';

/** What a page shows beside the profile. */
export interface PageExtras {
  /** How stacks are grouped at first; by default as suits the profile. */
  grouping?: Grouping;
  /** The machine in one line. */
  machine?: string | null;
  /** The profile in other formats, as relative links. */
  files?: readonly { label: string; href: string }[];
}

/** How the profile was made, so that it can be judged and repeated. @param hasTime whether the page shows its order in time */
export function captureSection(entry: FlameEntry, { machine, files }: PageExtras, hasTime: boolean): Html {
  const { meta, frames, stacks, timeline } = entry.profile.profile;
  const { load } = meta;
  return html`<section>
<h2>How it was captured</h2>
${factTable('How the profile was captured', [
  ['Profiled', formatSubject(meta)],
  ['Profiler', meta.tool ?? meta.profiler],
  ['Event', meta.event],
  ['Weight', formatWeightSource(meta)],
  ['Sampling rate', meta.rateHz === null ? null : `${formatDecimal(meta.rateHz, meta.rateHz % 1 === 0 ? 0 : 1)} Hz`],
  ['Started', meta.startedAt === null ? null : formatDate(meta.startedAt)],
  ['Duration', meta.durationS === null ? null : `${formatDecimal(meta.durationS, 1)} s`],
  ['Samples lost', meta.lost === null ? 'not reported' : formatDecimal(meta.lost, 0)],
  ['Kernel frames', formatKernel(meta.kernel)],
  [
    'Load',
    load === null
      ? null
      : `${formatVus(load.vus)}, ${formatRate(load.ratePerSec)} requests/s, ${formatDecimal(load.requests, 0)} requests during the capture`,
  ],
  [
    'Without the profiler',
    entry.unprofiled !== null
      ? `${formatRate(entry.unprofiled.ratePerSec)} requests/s`
      : load === null
        ? null
        : 'not measured',
  ],
  ['Order of time', timeline !== null && !hasTime ? 'known, but too long for this page' : null],
  [
    'Functions and stacks',
    `${formatDecimal(frames.length, 0)} functions in ${formatDecimal(stacks.length, 0)} unique stacks`,
  ],
  ['Machine', machine ?? null],
])}
${meta.command === null ? NOTHING : html`<pre aria-label="Command">${meta.command}</pre>`}
${fileList(files ?? [])}
</section>`;
}

function fileList(files: NonNullable<PageExtras['files']>): Html {
  if (files.length === 0) return NOTHING;
  return html`<p>This profile as ${files.map(
    ({ label, href }, index) => html`${index === 0 ? '' : ', '}<a href="${href}">${label}</a>`,
  )}.</p>`;
}

/** What the samples count for: `nanoseconds`, `counts of cycles`, `samples, each counts as one`. */
function formatWeightSource({ unit, event }: ProfileMeta): string {
  switch (unit) {
    case 'nanoseconds':
    case 'bytes':
      return unit;
    case 'events':
      return `counts of ${event ?? 'the event'}`;
    case 'samples':
      return 'samples, each counts as one';
    default: {
      const never: never = unit;
      return never;
    }
  }
}

/** Whether kernel frames are visible. */
function formatKernel(kernel: ProfileMeta['kernel']): string {
  switch (kernel) {
    case 'named':
      return 'visible, with names';
    case 'addresses':
      return 'visible, but without names, which the kernel hides';
    case 'absent':
      return 'not visible: kernel time counts for its callers';
    default: {
      const never: never = kernel;
      return never;
    }
  }
}

/** `22 Nov 2026, 17:42 UTC`. */
function formatDate(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' }).format(date);
  return `${day}, ${time} UTC`;
}

/** One line under the title: `perf 6.1.187 · cpu-clock at 99 Hz · 50 VUs · 22 Nov 2026, 17:42 UTC`. */
export function formatCapture({ tool, event, rateHz, load, startedAt }: ProfileMeta): string {
  const sampled = [event, rateHz === null ? null : `${formatDecimal(rateHz, rateHz % 1 === 0 ? 0 : 1)} Hz`].filter(
    (part) => part !== null,
  );
  return [
    tool,
    sampled.length === 0 ? null : sampled.join(' at '),
    load === null ? null : formatVus(load.vus),
    startedAt === null ? null : formatDate(startedAt),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** What was profiled: `Portkey 1.15.2 (TypeScript)`; null for anything but a gateway. */
export function formatSubject({ subject }: ProfileMeta): string | null {
  if (subject === null) return null;
  return `${formatTitle(subject.title, subject.version)} (${subject.language})`;
}
