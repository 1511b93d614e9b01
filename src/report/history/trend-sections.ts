import { THRESHOLDS } from '../../analysis/thresholds.js';
import type { ClassTrend, Trend, TrendChange, TrendPoint, TrendSeries } from '../../analysis/trend.js';
import { ABSENT, formatDecimal, formatLevel, formatShare } from '../../lib/format.js';
import { formatMachineClass } from '../format-machine.js';
import { columns, type Section } from '../section.js';
import { formatBounds, formatFigure, formatStep } from './format-figure.js';
import { classNotes, formatMoment } from './run-list.js';

/** What a trend shows, what it takes for granted, and why its classes don't compare. */
export function trendIntroduction({ label, metric, classes }: Trend): Section {
  return {
    title: `${label}: ${metric.title}`,
    lead: trendLead(metric),
    table: null,
    notes: classes.length < 2 ? [] : classNotes(classes.map(({ class: own }) => own)),
  };
}

function trendLead(metric: Trend['metric']): string[] {
  const { falseAlarms, minRuns } = THRESHOLDS.history;
  return [
    `Each run’s ${metric.title} is the mean over its trusted repeats, with the 95 % interval between them. Runs are shown together if they compare: one machine at one speed, engine and scenario.`,
    `A change (▲ better, ▼ worse) is where runs go over to another level (E-divisive). Where nothing changed, one is found in at most ${formatShare(falseAlarms)} of such histories, ` +
      `if the runs don’t depend on one another: a machine that drifts has changes of its own. At least ${minRuns} runs are needed.`,
  ];
}

/** A table for each class of runs and number of VUs. */
export function trendSections(trend: Trend): Section[] {
  return trend.classes.flatMap((each) => each.series.map((series) => seriesSection(trend, each, series)));
}

function seriesSection({ label, metric }: Trend, { class: own }: ClassTrend, series: TrendSeries): Section {
  const { points, levels, changes } = series;
  const change = (index: number) => changes.find(({ at }) => at === index);
  return {
    title: `${label} at ${formatLevel(series.vus, series.model)}: ${metric.title}, class ${own.name} (${formatMachineClass(own.runs[0].run.machine)})`,
    lead: [],
    table: {
      columns: columns(['', 'Run', 'Date (UTC)', 'Version', 'Repeats', metric.title, '95 % interval', 'Level'], 4),
      rows: points.map((point, index) => [
        markOf(change(index)),
        point.run.id,
        formatMoment(point.run.createdAt),
        point.version ?? ABSENT,
        String(point.repeats),
        pointText(metric, point),
        formatBounds(metric, point.interval),
        formatFigure(metric, levels.find(({ from }) => from === index)?.estimate ?? null),
      ]),
    },
    notes: seriesNotes(metric, series),
  };
}

/** A figure, or what became of it; `–` where the cell is fine and has no such figure. */
export function pointText(metric: Trend['metric'], { estimate, outcome }: TrendPoint): string {
  return estimate === null && outcome !== 'ok' ? outcome : formatFigure(metric, estimate);
}

function markOf(change: TrendChange | undefined): string {
  if (change === undefined) return '';
  return change.better ? '▲' : '▼';
}

/** A sentence for each change; without any, why there is none. */
function seriesNotes(metric: Trend['metric'], { changes, missingRuns, points }: TrendSeries): string[] {
  if (missingRuns > 0) {
    const measured = points.filter(({ estimate }) => estimate !== null).length;
    const { minRuns } = THRESHOLDS.history;
    return [
      `${measured === 1 ? '1 run has' : `${measured} runs have`} a figure: too few to tell a change from noise, ${minRuns} are needed.`,
    ];
  }
  if (changes.length === 0) return ['No change was found.'];
  return changes.map((change) => changeSentence(metric, change, points));
}

function changeSentence(metric: Trend['metric'], change: TrendChange, points: readonly TrendPoint[]): string {
  const first = points[change.at]?.run.id ?? '';
  return [
    `${markOf(change)} ${change.better ? 'Better' : 'Worse'} from ${first} on: ${metric.title} ${formatStep(metric, change.change)}, p ${formatP(change.p)}.`,
    change.besides.length === 0
      ? 'No version, configuration or commit changed there.'
      : `There also changed: ${change.besides.join('; ')}.`,
    ...machineSentence(change),
  ].join(' ');
}

/** `= 0.004`. */
function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${formatDecimal(p, 3)}`;
}

function machineSentence({ machineCost }: TrendChange): string[] {
  if (machineCost === null) return ['The machine’s speed was not measured on both sides.'];
  const share = Math.abs(machineCost - 1);
  return [
    `The same work took ${formatDecimal(100 * share, 1)} % ${machineCost < 1 ? 'less' : 'more'} CPU time on the machine than before.`,
  ];
}
