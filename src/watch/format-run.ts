import { formatDuration } from '../lib/duration.js';
import { formatCount, formatMilliseconds, formatRate, formatLevel as levelText } from '../lib/format.js';
import { cellLevel, cellModel } from '../model/load-level.js';
import type { Stage } from '../model/record.js';
import type { CurrentCell, Level, Mark, RunProgress, RunView, Slot } from './run-view.js';

/** What a cell is doing, in words that terminal and page share. */
const STAGE_TEXTS: Record<Stage, string> = {
  preflight: "checking ports and the machine's speed",
  mock: 'starting the mock upstream',
  start: 'starting',
  ready: 'waiting for its health check',
  verify: 'checking one response',
  idle: 'sampling while idle',
  load: 'starting the load',
  stop: 'stopping',
  profile: 'reading the profile',
};

/** `window 34 of 60 s`, `starting`, `ok`. */
export function formatDoing({ stage, status, load, series, result }: CurrentCell): string {
  if (result !== null) return result.reason === null ? result.kind : `${result.kind}: ${result.reason}`;
  if (stage !== 'load' || load === null) return status ?? STAGE_TEXTS[stage];
  const [phase, lengthS] = load.phase === 'warmup' ? ['warm-up', series.warmupS] : ['window', series.durationS];
  return `${phase} ${Math.min(Math.round(load.atS), Math.round(lengthS))} of ${formatDuration(lengthS)}`;
}

/** `3 failed`; empty where none did, or nobody knows. */
export function formatFailed({ load, result }: CurrentCell): string {
  const failed = result === null ? (load?.failed ?? null) : result.failed;
  return failed === null || failed === 0 ? '' : `${formatCount(failed)} failed`;
}

/** `12 of 35 cells`. */
export function formatFinished({ finished, total }: RunProgress): string {
  return `${finished} of ${total} ${total === 1 ? 'cell' : 'cells'}`;
}

/** `30 ok, 2 invalid, 1 crashed`: what there is none of is left out. */
export function formatOutcomes({ byKind }: RunProgress): string {
  const counts = Object.entries(byKind).filter(([, count]) => count > 0);
  return counts.map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** How a run ended: `finished in 52 min 10 s`, `stopped by SIGINT after 3 min`. Empty while it goes on. */
export function formatEnd({ end, progress }: Pick<RunView, 'end' | 'progress'>): string {
  if (end === null) return '';
  const after = formatLeft(progress.elapsedS);
  switch (end.kind) {
    case 'finished':
      return `finished in ${after}`;
    case 'interrupted':
      return `stopped by ${end.signal} after ${after}`;
    case 'failed':
      return `failed after ${after}: ${end.message}`;
    default:
      return end satisfies never;
  }
}

/** `50 VUs`, `50 VUs, perf`. */
export function formatLevel(level: Level): string {
  const text = levelText(cellLevel(level), cellModel(level));
  return level.profiler === null ? text : `${text}, ${level.profiler}`;
}

/** `12 min 4 s`: whole seconds. */
export function formatLeft(seconds: number): string {
  return formatDuration(Math.round(seconds));
}

/** The mark that stands for a slot's repeats, as in reports: the trusted one with the median rate, else an untrusted one. */
export function shownMark(slot: Slot): Mark | null {
  const byRate = (marks: Mark[]) => marks.toSorted((a, b) => (a.ratePerSec ?? 0) - (b.ratePerSec ?? 0));
  const middle = (marks: Mark[]) => byRate(marks)[(marks.length - 1) >> 1];
  const measured = slot.filter(({ ratePerSec }) => ratePerSec !== null);
  const isTrusted = ({ kind }: Mark) => kind === 'ok';
  return (
    middle(measured.filter(isTrusted)) ??
    middle(measured) ??
    slot.find(({ kind }) => kind === 'failed' || kind === 'crashed' || kind === 'skipped') ??
    null
  );
}

/** `1,514`; `(1,271)` where it isn't to be trusted; `crashed` where there is no rate. */
export function formatSlotRate(slot: Slot): string {
  const mark = shownMark(slot);
  if (mark === null) return '';
  if (mark.ratePerSec === null) return mark.kind;
  const rate = formatRate(mark.ratePerSec);
  return mark.kind === 'ok' ? rate : `(${rate})`;
}

/** `138.6 ms`; empty where it isn't known. */
export function formatSlotP99(slot: Slot): string {
  const p99Us = shownMark(slot)?.p99Us ?? null;
  return p99Us === null ? '' : formatMilliseconds(p99Us);
}
