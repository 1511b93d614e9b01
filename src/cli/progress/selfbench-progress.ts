import type { TrialOutcome } from '../../app/selfbench/median-rows.js';
import { secondsFor } from '../../app/selfbench/plan-trials.js';
import type { Absent, SelfbenchSettings } from '../../app/selfbench/result.js';
import { type Trial, trialName } from '../../app/selfbench/trial.js';
import { formatDuration } from '../../lib/duration.js';
import { colours, errorColours, writeStatus } from '../output.js';

/** What will be measured, what can't be and why, and how long it takes. */
export function selfbenchPlanText(
  trials: readonly Trial[],
  settings: SelfbenchSettings,
  absent: readonly Absent[],
): string {
  const each = `${formatDuration(settings.warmupS)} warm-up and ${formatDuration(settings.durationS)} window each`;
  return [
    colours.bold('Load engines and mock upstream, measured against one another'),
    ...trials.map((trial) => `  ${trialName(trial)}`),
    ...absent.map(({ name, reason, hint }) => `  ${errorColours.yellow('absent')}: ${name}: ${reason} (${hint})`),
    `${trials.length} measurements in ${settings.rounds} ${settings.rounds === 1 ? 'round' : 'rounds'}, ${each}: about ${formatDuration(Math.round(secondsFor(trials, settings) * settings.rounds))}`,
    '',
  ].join('\n');
}

/**
 * A line when a measurement begins and one when it ends. There is nothing live in between: drawing takes CPU, which is
 * what is measured.
 */
export function selfbenchProgress(entries: readonly { round: number; trial: Trial }[], settings: SelfbenchSettings) {
  const trials = entries.map(({ trial }) => trial);
  return {
    onStart(index: number, { round, trial }: { round: number; trial: Trial }): void {
      const left = formatDuration(Math.round(secondsFor(trials.slice(index), settings)));
      writeStatus(`${position(index, trials.length)} round ${round}: ${trialName(trial)} … ${left} left`);
    },
    onEnd(index: number, outcome: TrialOutcome): void {
      writeStatus(`${position(index, trials.length)} ${outcomeWords(outcome)}`);
    },
  };
}

function outcomeWords(outcome: TrialOutcome): string {
  if (outcome.kind === 'failed') return `${errorColours.red('failed')}: ${outcome.reason}`;
  const { ratePerSec, p50Us, p99Us, failed, engineCpuUs, upstreamCpuUs } = outcome.figures;
  return [
    `${Math.round(ratePerSec).toLocaleString('en')} req/s`,
    `p50 ${milliseconds(p50Us)}`,
    `p99 ${milliseconds(p99Us)}`,
    `engine ${microseconds(engineCpuUs)}`,
    `upstream ${microseconds(upstreamCpuUs)}`,
    `${failed} failed`,
  ].join(', ');
}

function milliseconds(us: number | null): string {
  return us === null ? 'unknown' : `${(us / 1000).toFixed(2)} ms`;
}

function microseconds(us: number | null): string {
  return us === null ? 'CPU unknown' : `${us.toFixed(1)} µs/req`;
}

function position(index: number, total: number): string {
  return `[${String(index + 1).padStart(String(total).length)}/${total}]`;
}
