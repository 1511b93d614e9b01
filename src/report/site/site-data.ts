import type { Metric } from '../../analysis/metrics.js';
import type { RunClass } from '../../analysis/run-comparison/run-classes.js';
import type { HistoryRun, Trend, TrendChange, TrendSeries } from '../../analysis/trend.js';
import type { RunLine } from '../history/run-list.js';
import type { SiteFrame } from './layout.js';

/** What a site's pages show; nothing private is in it. */
export interface SiteData {
  frame: SiteFrame;
  classes: readonly RunClass<HistoryRun>[];
  /** Newest first. */
  runs: readonly RunLine[];
  /** Newest first, by id. */
  gateways: readonly SiteGateway[];
}

/** A gateway in all runs that have it. */
export interface SiteGateway {
  label: string;
  title: string;
  /** Newest first. */
  versions: string[];
  /** Newest first. */
  runs: RunLine[];
  /** By metric. */
  trends: Trend[];
}

/** A change with where it is. */
export interface SiteChange {
  gateway: SiteGateway;
  metric: Metric;
  series: TrendSeries;
  className: string;
  change: TrendChange;
  /** The first run of the new level. */
  run: { id: string; createdAt: string };
}

/** Gateways in the order of the runs, newest first. @param trendsOf of a label */
export function siteGateways(runs: readonly RunLine[], trendsOf: (label: string) => Trend[]): SiteGateway[] {
  const labels = [...new Set(runs.flatMap(({ gateways }) => gateways.map(({ label }) => label)))];
  return labels.map((label) => {
    const own = runs.filter(({ gateways }) => gateways.some((gateway) => gateway.label === label));
    const known = own.flatMap(({ gateways }) => gateways.filter((gateway) => gateway.label === label));
    return {
      label,
      title: known[0]?.title ?? label,
      versions: [...new Set(known.flatMap(({ version }) => version ?? []))],
      runs: own,
      trends: trendsOf(label),
    };
  });
}

/** Every change that was found by a metric, newest first. */
export function siteChanges(gateways: readonly SiteGateway[], metric: Metric['name']): SiteChange[] {
  return gateways
    .flatMap((gateway) =>
      gateway.trends
        .filter((trend) => trend.metric.name === metric)
        .flatMap((trend) =>
          trend.classes.flatMap(({ class: own, series }) =>
            series.flatMap((each) =>
              each.changes.flatMap((change) => {
                const run = each.points[change.at]?.run;
                return run === undefined
                  ? []
                  : [{ gateway, metric: trend.metric, series: each, className: own.name, change, run }];
              }),
            ),
          ),
        ),
    )
    .sort((a, b) => b.run.createdAt.localeCompare(a.run.createdAt));
}
