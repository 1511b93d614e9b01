import { latencyCurve } from '../../analysis/latency-curve.js';
import { METRICS } from '../../analysis/metrics.js';
import { type GatewaySummary, type LevelSummary, vuLevels } from '../../analysis/summary.js';
import { timedSeconds } from '../../analysis/timed-seconds.js';
import { upstreamAnswerS } from '../../analysis/upstream-answer.js';
import { printable } from '../../lib/printable.js';
import type { MetricName } from '../../model/metric.js';
import type { CellRecord } from '../../model/record.js';
import type { Sample } from '../../model/resources.js';
import { changesWithinWindow, faultsWithinWindow, plannedRates } from '../changes-within-window.js';
import { spanningDecades } from '../chart-options.js';
import { type DrawnGateway, drawnGateways } from '../chart-style.js';
import type { DerivedReport } from '../derived-report.js';
import { levelRemarks } from '../level-remarks.js';
import type { Course, Figure, PageCell, PageData, PageGateway, Seconds } from './page-data.js';
import { PERCENTILES } from './percentiles.js';
import { readableColour } from './readable-colour.js';

/** Collect what the page's script draws. */
export function gatherData(
  { run, summaries }: DerivedReport,
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
): PageData {
  const { load } = run.scenario;
  const changes = changesWithinWindow(run.scenario);
  const latencyS = upstreamAnswerS(run.scenario);
  const cells = summaries.flatMap((summary, gateway) =>
    summary.levels.map((level) => cellOf(summary, level, gateway, samplesByCell, changes)),
  );
  return {
    gateways: drawnGateways(summaries).map(gatewayOf),
    vus: vuLevels(summaries),
    model: load.model,
    cells,
    upstreamLatencyS: load.model === 'closed' && latencyS !== null && latencyS > 0 ? latencyS : null,
    phases: { idleS: load.idleS, warmupS: load.warmupS, windowS: load.durationS, recoveryS: load.recoveryS },
    changes,
    faults: faultsWithinWindow(run.scenario),
    planned: plannedRates(run.scenario, shownRecords(summaries)),
    wideRates: spanDecades(cells, 'rate'),
    wideLatencies: spanDecades(cells, 'p99') || spanningDecades(cells.flatMap(secondsP99)) !== null,
  };
}

function spanDecades(cells: readonly PageCell[], metric: MetricName): boolean {
  return spanningDecades(cells.flatMap(({ figures }) => figures[metric]?.[0] ?? [])) !== null;
}

function shownRecords(summaries: readonly GatewaySummary[]): CellRecord[] {
  return summaries.flatMap(({ levels }) => levels.flatMap(({ shown }) => shown ?? []));
}

function secondsP99({ seconds }: PageCell): number[] {
  return seconds?.p99Us.filter((value) => value !== null) ?? [];
}

function gatewayOf({ summary, look }: DrawnGateway): PageGateway {
  return {
    label: summary.label,
    title: printable(summary.title),
    // A manifest may name any colour.
    colour: { light: readableColour(look.colour, 'light'), dark: readableColour(look.colourOnDark, 'dark') },
    dash: [...look.dash],
    mark: look.point,
    direct: summary.info?.kind === 'direct',
  };
}

function cellOf(
  summary: GatewaySummary,
  level: LevelSummary,
  gateway: number,
  samplesByCell: ReadonlyMap<string, readonly Sample[]>,
  changes: boolean,
): PageCell {
  const { vus, shown } = level;
  const measured = shown === null || shown.outcome.kind === 'skipped' ? null : shown;
  const curve = latencyCurve(measured?.latencyUs ?? null, PERCENTILES);
  return {
    gateway,
    vus,
    state: shown?.outcome.kind ?? 'missing',
    remarks: levelRemarks(summary, level).map(printable),
    figures: figuresOf(level),
    requests: measured?.latencyUs?.count ?? 0,
    latency: curve === null ? null : curve.map((valueUs, at) => Math.round(valueUs) - Math.round(curve[at - 1] ?? 0)),
    course: measured === null ? null : courseOf(samplesByCell.get(measured.cell.id) ?? [], level),
    seconds: measured === null || !changes ? null : secondsOf(measured),
  };
}

/** Of repeats the estimate with its interval, as the tables have it; else what the repeat that is shown has. */
function figuresOf({ shown, intervals }: LevelSummary): PageCell['figures'] {
  const figures: PageCell['figures'] = {};
  for (const metric of METRICS) {
    const interval = shown?.outcome.kind === 'ok' ? intervals[metric.name] : undefined;
    const value = shown === null ? null : metric.valueOf(shown);
    const figure: Figure | null =
      interval !== undefined
        ? [rounded(interval.estimate), rounded(interval.low), rounded(interval.high)]
        : value === null
          ? null
          : [rounded(value)];
    if (figure !== null) figures[metric.name] = figure;
  }
  return figures;
}

/** Five digits are more than any chart can show. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}

function secondsOf(record: CellRecord): Seconds | null {
  const seconds = timedSeconds(record);
  if (seconds.length === 0) return null;
  return {
    atS: seconds.map(({ atS }) => rounded(atS)),
    ratePerSec: seconds.map(({ ok }) => ok),
    p99Us: seconds.map(({ p99Us }) => p99Us),
  };
}

const MIB = 2 ** 20;

function courseOf(samples: readonly Sample[], { shown }: LevelSummary): Course | null {
  if (!samples.some(({ gateway }) => gateway !== null)) return null;
  const outcome = shown?.outcome;
  const mebibytes = (bytes: number | null | undefined) => (bytes == null ? null : Number((bytes / MIB).toFixed(1)));
  return {
    // Cells of one level share an axis: their samples are a second apart, and begin at other fractions of one.
    atS: samples.map(({ atS }) => Math.round(atS)),
    cpuPercent: samples.map(({ gateway }) =>
      gateway?.cpuPercent == null ? null : Number(gateway.cpuPercent.toFixed(1)),
    ),
    rssMiB: samples.map(({ gateway }) => mebibytes(gateway?.rssBytes)),
    pssMiB: samples.map(({ gateway }) => mebibytes(gateway?.pssBytes)),
    endedAtS: outcome?.kind === 'crashed' && outcome.phase === 'window' ? outcome.atS : null,
  };
}
