import type { DerivedCell } from '../../analysis/derive-run.js';
import { formatDuration } from '../../lib/duration.js';
import { formatDecimal, formatMilliseconds } from '../../lib/format.js';
import { failedCount } from '../../model/load.js';
import type { RunEvent } from '../../run/cell-context.js';
import { nameOf } from '../../watch/settled.js';
import { errorColours } from '../output.js';

type Started = Extract<RunEvent, { type: 'cell-started' }>;
type Finished = Extract<RunEvent, { type: 'cell-finished' }>;

/** `[ 2/10] portkey, 50 VUs … 12 min 34 s left in the run`. */
export function startedLine(event: Started): string {
  return `${position(event)} ${nameOf(event.cell)} … ${formatDuration(event.secondsLeftInRun)} left in the run`;
}

/** `[ 2/10] portkey, 50 VUs: ok  815.2 req/s, …`, with the end of the gateway's log where it broke. */
export function finishedLine(event: Finished): string {
  return `${position(event)} ${nameOf(event.cell)}: ${resultOf(event.record)}`;
}

function resultOf(record: DerivedCell): string {
  const { outcome } = record;
  switch (outcome.kind) {
    case 'ok':
      return `${errorColours.green('ok')}  ${figuresOf(record)}`;
    case 'invalid':
      return `${errorColours.yellow('invalid')}  ${figuresOf(record)}  (${outcome.reasons[0]})`;
    case 'crashed':
      return `${errorColours.red('crashed')}  ${outcome.reason}, ${outcome.atS.toFixed(1)} s into the ${outcome.phase}${quoted(outcome.logTail)}`;
    case 'failed':
      return `${errorColours.red('failed')} at ${outcome.stage}: ${outcome.error}${quoted(outcome.logTail)}`;
    case 'skipped':
      return `skipped: ${outcome.reason}${outcome.hint ? ` (${outcome.hint})` : ''}`;
    default:
      return outcome satisfies never;
  }
}

function figuresOf({ ratePerSec, latencyUs, requests, overheadUs }: DerivedCell): string {
  const failed = requests === null ? 0 : failedCount(requests);
  const rate = ratePerSec === null ? '' : `${formatDecimal(ratePerSec, 1)} req/s`;
  const latency = latencyUs
    ? `, p50 ${formatMilliseconds(latencyUs.p50)}, p99 ${formatMilliseconds(latencyUs.p99)}`
    : '';
  const overhead = overheadUs === null ? '' : `, overhead p50 ${formatMilliseconds(overheadUs.p50)}`;
  return `${rate}${latency}${overhead}, ${failed} failed`;
}

/** The end of a log; the record has more. */
function quoted(logTail: string[]): string {
  return logTail
    .slice(-3)
    .map((line) => `\n    | ${line}`)
    .join('');
}

function position({ index, total }: { index: number; total: number }): string {
  return `[${String(index).padStart(String(total).length)}/${total}]`;
}
