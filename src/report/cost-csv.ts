import { stringify } from 'csv-stringify/sync';
import type { CostFigure, GatewayCost, LevelCost } from '../analysis/cost.js';
import { startSummary } from '../analysis/footprint.js';
import type { Prices } from '../model/prices.js';

/**
 * `cost.csv`: what gateways used and what it costs, one row per gateway, VU level and metric, unrounded. Rows without VUs are
 * about a gateway without load. `low` and `high`: the 95 % interval over repeats, and of cold starts the fastest and slowest.
 */
export function costCsv(costs: readonly GatewayCost[], prices: Prices): string {
  const rows = costs.flatMap((cost) => [
    ...cost.levels.flatMap((level) => levelRows(level, prices)).map((row) => ({ gateway: cost.summary.label, ...row })),
    ...restRows(cost).map((row) => ({ gateway: cost.summary.label, ...row })),
  ]);
  return stringify(rows, { header: true, columns: COLUMNS });
}

const COLUMNS = [
  'gateway',
  'vus',
  'metric',
  'unit',
  'repeats',
  'value',
  'low',
  'high',
  'machine',
  'price_as_of',
  'price_source',
];

function levelRows(level: LevelCost, { currency, machines }: Prices) {
  const { vus } = level;
  return [
    { vus, metric: 'rate_per_core', unit: 'req/s', ...figure(level.ratePerSecPerCore) },
    { vus, metric: 'cpu_per_million', unit: 's', ...figure(level.cpuSPerMillion) },
    { vus, metric: 'memory_per_million', unit: 'GiB-hours', ...figure(level.gibHoursPerMillion) },
    ...level.perMillion.map(({ machine, cost }) => {
      const price = machines.find(({ name }) => name === machine);
      const source = { machine, price_as_of: price?.asOf, price_source: price?.source };
      return { vus, metric: 'cost_per_million', unit: currency, ...figure(cost), ...source };
    }),
  ];
}

function restRows({ idle, footprint }: GatewayCost) {
  const rows = [
    { metric: 'idle_rss', unit: 'bytes', ...figure(idle.rssBytes) },
    { metric: 'idle_pss', unit: 'bytes', ...figure(idle.pssBytes) },
  ];
  if (footprint === null) return rows;
  const { medianS, minS, maxS } = startSummary(footprint);
  const repeats = footprint.starts.length;
  return [
    ...rows,
    { metric: 'cold_start', unit: 's', repeats, value: medianS, low: minS, high: maxS },
    { metric: 'installed', unit: 'bytes', repeats: null, value: footprint.installed?.diskBytes, low: null, high: null },
  ];
}

function figure(cost: CostFigure | null) {
  const { value = null, interval = null } = cost ?? {};
  return { repeats: interval?.n ?? null, value, low: interval?.low ?? null, high: interval?.high ?? null };
}
