import type { ProfileKind, ProfileMeta } from '../../model/profile.js';
import { decimal, formatVus } from '../../report/format.js';

/** What a profile's weight is, as a word before "per request". */
export function formatMeasure(kind: ProfileKind): string {
  switch (kind) {
    case 'cpu':
      return 'CPU';
    case 'off-cpu':
    case 'mutex':
    case 'block':
      return 'Waiting';
    case 'other':
      return 'Weight';
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/** How the kernel's part can be read. */
export function formatKernel(kernel: ProfileMeta['kernel']): string {
  switch (kernel) {
    case 'named':
      return 'seen, by name';
    case 'addresses':
      return 'seen as addresses only: the kernel hides its names here';
    case 'absent':
      return 'not seen: time in the kernel is counted for the function that called it';
    default: {
      const never: never = kernel;
      return never;
    }
  }
}

/** `22 Nov 2026, 17:42 UTC`. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' }).format(date);
  return `${day}, ${time} UTC`;
}

/** One line under the title: `perf 6.1.187 · cpu-clock at 99 Hz · 50 VUs · 22 Nov 2026, 17:42 UTC`. */
export function formatCapture({ tool, event, rateHz, load, startedAt }: ProfileMeta): string {
  const sampled = [event, rateHz === null ? null : `${decimal(rateHz, rateHz % 1 === 0 ? 0 : 1)} Hz`].filter(
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

/** Who was profiled: `Portkey 1.15.2 (TypeScript)`; null for what isn't a gateway of ours. */
export function formatSubject({ subject }: ProfileMeta): string | null {
  if (subject === null) return null;
  return `${subject.title}${subject.version === null ? '' : ` ${subject.version}`} (${subject.language})`;
}
