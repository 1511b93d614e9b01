import { createLogUpdate } from 'log-update';
import type { DerivedCell } from '../../analysis/derive-run.js';
import { formatDuration } from '../../lib/duration.js';
import { formatCount, formatDecimal, formatMilliseconds } from '../../lib/format.js';
import { printableColours } from '../../lib/printable.js';
import type { LoadProgress } from '../../load/engine.js';
import type { Cell } from '../../model/cell.js';
import { failedCount } from '../../model/load.js';
import type { Stage } from '../../model/record.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { Scenario } from '../../model/scenario.js';
import { cellSeconds, type TimedRun } from '../../plan/estimate.js';
import type { RunEvent } from '../../run/cell-context.js';
import { errorColours } from '../output.js';

/** Shows the progress of a run. */
export interface ProgressView {
  onEvent(event: RunEvent): void;
  /** Restore the terminal. */
  close(): void;
}

/** Where progress goes: stderr, but for tests. */
export interface ProgressStream extends NodeJS.WritableStream {
  isTTY?: boolean;
}

/** On a terminal, a block that is updated in place; elsewhere, a line whenever a cell begins or ends. */
export function progressView(run: TimedRun, stream: ProgressStream = process.stderr): ProgressView {
  return stream.isTTY ? liveView(run, stream) : plainView(stream);
}

function plainView(stream: ProgressStream): ProgressView {
  const writeLine = (text: string) => stream.write(`${printableColours(text)}\n`);
  return {
    onEvent(event) {
      if (event.type === 'cell-started') {
        writeLine(
          `${position(event)} ${nameOf(event.cell)} … ${formatDuration(event.secondsLeftInRun)} left in the run`,
        );
      }
      if (event.type === 'cell-finished') writeLine(finishedLine(event));
      if (event.type === 'note') writeLine(event.message);
      if (event.type === 'profile') writeLine(`  ${event.status}`);
    },
    close() {},
  };
}

const REFRESH_MS = 500;

function liveView(run: TimedRun, stream: ProgressStream): ProgressView {
  const { scenario } = run;
  const update = createLogUpdate(stream, { showCursor: true });
  const writeLine = (text: string) => {
    update.clear();
    stream.write(`${printableColours(text)}\n`);
  };
  let current: {
    title: string;
    cellEndsMs: number;
    runEndsMs: number;
    stage: Stage;
    load: LoadProgress | null;
    /** Of the stage `profile`. */
    status: string | null;
  } | null = null;
  const draw = () => {
    if (!current) return;
    const { title, stage, load, status, cellEndsMs, runEndsMs } = current;
    const now = performance.now();
    const left = `${secondsLeft(cellEndsMs - now)} left in this cell, ${secondsLeft(runEndsMs - now)} in the run`;
    const doing = (stage === 'load' && load && formatLoad(load, scenario)) || (stage === 'profile' && status);
    update(`${title}  ${doing || STAGE_TEXTS[stage]}\n  ${left}`);
  };
  const timer = setInterval(draw, REFRESH_MS);
  return {
    onEvent(event) {
      switch (event.type) {
        case 'cell-started': {
          const now = performance.now();
          current = {
            title: `${position(event)} ${nameOf(event.cell)}`,
            cellEndsMs: now + (cellSeconds(run) - scenario.load.cooldownS) * 1000,
            runEndsMs: now + event.secondsLeftInRun * 1000,
            stage: 'preflight',
            load: null,
            status: null,
          };
          break;
        }
        case 'stage':
          if (current) current.stage = event.stage;
          break;
        case 'load':
          if (current) current.load = event.progress;
          break;
        case 'profile':
          if (current) current.status = event.status;
          break;
        case 'cell-finished':
          current = null;
          writeLine(finishedLine(event));
          return;
        case 'note':
          writeLine(event.message);
          break;
        default:
          return event satisfies never;
      }
      draw();
    },
    close() {
      clearInterval(timer);
      update.clear();
    },
  };
}

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

function formatLoad(load: LoadProgress, { load: { warmupS, durationS } }: Scenario): string {
  const [phase, lengthS] = load.phase === 'warmup' ? ['warm-up', warmupS] : ['window', durationS];
  const p99 = load.p99Us === null ? '' : `   p99 ${formatMilliseconds(load.p99Us)}`;
  const at = `${phase} ${Math.min(Math.round(load.atS), lengthS)} of ${formatDuration(lengthS)}`;
  const rate = load.ratePerSec === null ? '' : `   ${formatCount(load.ratePerSec)} req/s`;
  const failed = load.failed === null ? '' : `   ${load.failed} failed`;
  return `${at}${rate}${p99}${failed}`;
}

function finishedLine(event: Extract<RunEvent, { type: 'cell-finished' }>): string {
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

function nameOf(cell: Cell): string {
  const repeat = cell.repeat > 1 ? `, repeat ${cell.repeat}` : '';
  const profiled = cell.profiler === null ? '' : `, ${cell.profiler}`;
  return `${gatewayLabel({ name: cell.gateway, variant: cell.variant })}, ${cell.vus} VUs${repeat}${profiled}`;
}

function position({ index, total }: { index: number; total: number }): string {
  return `[${String(index).padStart(String(total).length)}/${total}]`;
}

function secondsLeft(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000)));
}
