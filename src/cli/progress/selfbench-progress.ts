import type { TrialOutcome } from '../../app/selfbench/figures.js';
import type { Absent } from '../../app/selfbench/find-upstreams.js';
import type { SelfbenchEvents } from '../../app/selfbench/selfbench.js';
import { estimateSeconds, formatTrial, type SelfbenchSettings, type Trial } from '../../app/selfbench/trials.js';
import { formatDuration } from '../../lib/duration.js';
import { formatCount, formatMicroseconds, formatMilliseconds } from '../../lib/format.js';
import { colours, errorColours, writeStatus } from '../output.js';

/**
 * The plan first, then a line before and after each measurement. Nothing is drawn in between: drawing takes CPU time,
 * which is what is measured.
 */
export function selfbenchProgress(settings: SelfbenchSettings): SelfbenchEvents {
  let trials: Trial[] = [];
  return {
    onPlan({ entries, absent }) {
      trials = entries.map(({ trial }) => trial);
      const firstRound = entries.filter(({ round }) => round === 1).map(({ trial }) => trial);
      writeStatus(formatPlan(firstRound, settings, absent));
    },
    onStart(index, { round, trial }) {
      const left = formatDuration(Math.round(estimateSeconds(trials.slice(index), settings)));
      writeStatus(`${formatPosition(index, trials.length)} round ${round}: ${formatTrial(trial)} … ${left} left`);
    },
    onEnd(index, outcome) {
      writeStatus(`${formatPosition(index, trials.length)} ${formatOutcome(outcome)}`);
    },
  };
}

function formatPlan(trials: readonly Trial[], settings: SelfbenchSettings, absent: readonly Absent[]): string {
  const { rounds, warmupS, durationS } = settings;
  const each = `${formatDuration(warmupS)} warm-up and ${formatDuration(durationS)} window each`;
  const totalS = Math.round(estimateSeconds(trials, settings) * rounds);
  return [
    colours.bold('Load engines and mock upstream, compared with one another'),
    ...trials.map((trial) => `  ${formatTrial(trial)}`),
    ...absent.map(({ name, reason, hint }) => `  ${errorColours.yellow('unavailable')}: ${name}: ${reason} (${hint})`),
    `${trials.length} measurements in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${each}: about ${formatDuration(totalS)}`,
    '',
  ].join('\n');
}

function formatOutcome(outcome: TrialOutcome): string {
  if (outcome.kind === 'failed') return `${errorColours.red('failed')}: ${outcome.reason}`;
  const { ratePerSec, p50Us, p99Us, failed, engineCpuUs, upstreamCpuUs } = outcome.figures;
  return [
    `${formatCount(ratePerSec)} req/s`,
    `p50 ${formatMs(p50Us)}`,
    `p99 ${formatMs(p99Us)}`,
    `engine ${formatCpu(engineCpuUs)}`,
    `upstream ${formatCpu(upstreamCpuUs)}`,
    `${failed} failed`,
  ].join(', ');
}

function formatMs(us: number | null): string {
  return us === null ? 'unknown' : formatMilliseconds(us);
}

function formatCpu(us: number | null): string {
  return us === null ? 'CPU unknown' : `${formatMicroseconds(us)}/req`;
}

function formatPosition(index: number, total: number): string {
  return `[${String(index + 1).padStart(String(total).length)}/${total}]`;
}
