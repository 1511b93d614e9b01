import type { DerivedCell } from '../analysis/derive-run.js';
import { failuresOf } from '../analysis/failures.js';
import { remarksOn } from '../analysis/format-outcome.js';
import { FailureClass, type Latency } from '../model/load.js';
import { cellLevel } from '../model/load-level.js';
import { gatewayLabel } from '../model/resolved-gateway.js';
import type { TreeResources } from '../model/resources.js';
import type { Run } from '../model/run.js';
import { type Labels, type MetricFamily, type OpenMetricsSample, openMetricsText } from './openmetrics-text.js';

/** What a family's samples of one cell are: labels besides the cell's own, and values; null is unknown and left out. */
type Reading = { suffix?: string; labels?: Labels; value: number | null | undefined };

interface CellFamily extends Omit<MetricFamily, 'samples'> {
  readingsOf(cell: DerivedCell): Reading[];
}

const US_PER_S = 1e6;
const inSeconds = (us: number | null | undefined) => (us == null ? null : us / US_PER_S);
const asRatio = (percent: number | null | undefined) => (percent == null ? null : percent / 100);

const QUANTILES = [
  ['0', 'min'],
  ['0.5', 'p50'],
  ['0.9', 'p90'],
  ['0.95', 'p95'],
  ['0.99', 'p99'],
  ['0.999', 'p999'],
  ['1', 'max'],
] as const;

function latencySummary(latency: Latency | null): Reading[] {
  if (latency === null) return [];
  return [
    ...QUANTILES.map(([quantile, key]) => ({ labels: { quantile }, value: inSeconds(latency[key]) })),
    { suffix: '_count', value: latency.count },
    { suffix: '_sum', value: inSeconds(latency.mean * latency.count) },
  ];
}

/** A reading of each process tree that the cell had. */
function ofTrees(readingsOf: (tree: TreeResources) => Reading[]): CellFamily['readingsOf'] {
  return ({ resources }) =>
    (['gateway', 'services', 'mock', 'engine'] as const).flatMap((name) => {
      const tree = resources[name];
      if (tree === null) return [];
      return readingsOf(tree).map((reading) => ({ ...reading, labels: { tree: name, ...reading.labels } }));
    });
}

const CELL_FAMILIES: readonly CellFamily[] = [
  {
    name: 'gatebench_cell',
    type: 'info',
    help: 'A measurement: what became of it, and why.',
    readingsOf: (record) => [
      {
        suffix: '_info',
        labels: { title: record.gateway.title, reason: remarksOn(record).join(' ') },
        value: 1,
      },
    ],
  },
  {
    name: 'gatebench_requests_per_second',
    type: 'gauge',
    help: 'Successful requests per second of the window.',
    readingsOf: ({ ratePerSec }) => [{ value: ratePerSec }],
  },
  {
    name: 'gatebench_window_requests',
    type: 'gauge',
    help: 'Requests of the window by result; those in flight at its end are neither ok nor failed.',
    readingsOf: ({ requests }) =>
      requests === null
        ? []
        : [
            { labels: { result: 'ok' }, value: requests.ok },
            { labels: { result: 'failed' }, value: failuresOf(requests).count },
            { labels: { result: 'in_flight' }, value: requests.inFlightAtEnd },
          ],
  },
  {
    name: 'gatebench_window_failed_requests',
    type: 'gauge',
    help: 'Failed requests of the window by the class of the failure.',
    readingsOf: ({ requests }) =>
      requests === null
        ? []
        : FailureClass.options.map((failure) => ({ labels: { failure }, value: requests.failed[failure] ?? 0 })),
  },
  {
    name: 'gatebench_failed_requests_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Failed requests of all that were completed in the window.',
    readingsOf: ({ requests }) => (requests === null ? [] : [{ value: failuresOf(requests).share }]),
  },
  {
    name: 'gatebench_latency_seconds',
    type: 'summary',
    unit: 'seconds',
    help: 'Latency of successful requests; quantiles 0 and 1 are the least and the most.',
    readingsOf: ({ latencyUs }) => latencySummary(latencyUs),
  },
  {
    name: 'gatebench_first_byte_seconds',
    type: 'summary',
    unit: 'seconds',
    help: 'Time to the first byte of the body, or to the first event with text of a stream.',
    readingsOf: ({ firstByteUs }) => latencySummary(firstByteUs),
  },
  {
    name: 'gatebench_connect_seconds',
    type: 'summary',
    unit: 'seconds',
    help: 'Time to connect.',
    readingsOf: ({ connectUs }) => latencySummary(connectUs),
  },
  {
    name: 'gatebench_overhead_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Quantile of the latency less that of the direct cell with as many VUs in the same block; may be negative.',
    readingsOf: ({ overheadUs }) => [
      { labels: { quantile: '0.5' }, value: inSeconds(overheadUs?.p50) },
      { labels: { quantile: '0.99' }, value: inSeconds(overheadUs?.p99) },
    ],
  },
  {
    name: 'gatebench_cpu_per_request_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'CPU time of a process tree in the window over the requests that were completed in it.',
    readingsOf: ofTrees(({ cpuUsPerRequest }) => [{ value: inSeconds(cpuUsPerRequest) }]),
  },
  {
    name: 'gatebench_cpu_usage_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'CPU time of a process tree over wall time in the window; 1 is one core.',
    readingsOf: ofTrees(({ cpuPercentMean, cpuPercentMax }) => [
      { labels: { stat: 'mean' }, value: asRatio(cpuPercentMean) },
      { labels: { stat: 'max' }, value: asRatio(cpuPercentMax) },
    ]),
  },
  {
    name: 'gatebench_rss_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'RSS of a process tree: the last reading before the load, the largest in the window, the last after it.',
    readingsOf: ofTrees(({ rssBytesIdle, rssBytesMax, rssBytesAfter }) => [
      { labels: { stat: 'idle' }, value: rssBytesIdle },
      { labels: { stat: 'max' }, value: rssBytesMax },
      { labels: { stat: 'after' }, value: rssBytesAfter },
    ]),
  },
  {
    name: 'gatebench_pss_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'PSS of a process tree: the last reading before the load, the largest in the window.',
    readingsOf: ofTrees(({ pssBytesIdle, pssBytesMax }) => [
      { labels: { stat: 'idle' }, value: pssBytesIdle },
      { labels: { stat: 'max' }, value: pssBytesMax },
    ]),
  },
  {
    name: 'gatebench_processes',
    type: 'gauge',
    help: 'Processes of a tree, the most in the window.',
    readingsOf: ofTrees(({ processesMax }) => [{ value: processesMax }]),
  },
  {
    name: 'gatebench_threads',
    type: 'gauge',
    help: 'Threads of a process tree, the most in the window.',
    readingsOf: ofTrees(({ threadsMax }) => [{ value: threadsMax }]),
  },
  {
    name: 'gatebench_descriptors',
    type: 'gauge',
    help: 'Open descriptors of a process tree, the most in the window.',
    readingsOf: ofTrees(({ descriptorsMax }) => [{ value: descriptorsMax }]),
  },
  {
    name: 'gatebench_host_cpu_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Mean share of all CPU time of the host in the window; 1 is the whole machine.',
    readingsOf: ({ resources: { host } }) => [
      { labels: { use: 'busy' }, value: asRatio(host?.cpuPercentMean) },
      { labels: { use: 'stolen' }, value: asRatio(host?.stealPercentMean) },
      { labels: { use: 'other_programs' }, value: asRatio(host?.otherCpuPercentMean) },
    ],
  },
  {
    name: 'gatebench_machine_cost_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'What the same work cost around the cell beside the median of its run; 1.05 is a machine 5 % slower.',
    readingsOf: ({ machineSpeed }) => [{ value: machineSpeed.cost }],
  },
];

/**
 * Cells as OpenMetrics, in base units, each with the time at which it ended. Figures of cells that aren't to be trusted are
 * there too, so every sample says its cell's `outcome`. Profiled cells are left out: their figures are nobody's.
 * @param runs one, or those of a pooled report
 */
export function openMetrics(runs: readonly Run[], cells: readonly DerivedCell[]): string {
  const [only] = runs;
  const measured = cells.filter(({ cell }) => cell.profiler === null);
  const families = CELL_FAMILIES.map(
    ({ readingsOf, ...family }): MetricFamily => ({
      ...family,
      samples: measured.flatMap((record) =>
        samplesOf(record, record.pooledFrom?.runId ?? only?.id ?? null, readingsOf),
      ),
    }),
  );
  return openMetricsText([runFamily(runs), ...families]);
}

function runFamily(runs: readonly Run[]): MetricFamily {
  return {
    name: 'gatebench_run',
    type: 'info',
    help: 'A run: what measured it.',
    samples: runs.map(({ id, scenario, engine, harness, endedAt, createdAt }) => ({
      suffix: '_info',
      labels: {
        run: id,
        scenario: scenario.name,
        engine: engine.name,
        engine_version: engine.version,
        gatebench_version: harness.version,
        gatebench_commit: harness.commit,
      },
      value: 1,
      timestampS: secondsOf(endedAt ?? createdAt),
    })),
  };
}

function samplesOf(
  record: DerivedCell,
  runId: string | null,
  readingsOf: CellFamily['readingsOf'],
): OpenMetricsSample[] {
  const { cell, gateway, outcome, endedAt } = record;
  const labels = {
    run: runId,
    gateway: gatewayLabel({ name: cell.gateway, variant: cell.variant }),
    version: gateway.version,
    scenario: cell.scenario,
    ...(cell.vus === undefined ? { planned_rate_per_s: cellLevel(cell) } : { vus: cell.vus }),
    repeat: cell.repeat,
    outcome: outcome.kind,
  };
  return readingsOf(record).flatMap(({ value, labels: more, suffix = '' }) =>
    value == null ? [] : [{ suffix, labels: { ...labels, ...more }, value, timestampS: secondsOf(endedAt) }],
  );
}

function secondsOf(moment: string): number {
  return Date.parse(moment) / 1000;
}
