import type { DerivedCell } from '../../analysis/derive-run.js';
import { expectationsOf } from '../../analysis/expectations.js';
import { vuLevels } from '../../analysis/summary.js';
import {
  formatDecimal,
  formatList,
  formatMilliseconds,
  formatRate,
  tabulateMebibytes,
  tabulateMilliseconds,
} from '../../lib/format.js';
import type { MetricName } from '../../model/metric.js';
import type { DerivedReport } from '../derived-report.js';
import type { BestFigure } from './answer.js';
import { capacityFigures } from './capacity.js';
import { keptUp } from './open-loop.js';
import { atLevels } from './ranking.js';
import { stageFigures } from './stages.js';
import { contenders, type Standing, standingAt, titleOf } from './standing.js';
import { streamFigures } from './streams.js';

interface Kind {
  title: string;
  metric: MetricName;
  /** The level with the fewest or the most load that has figures of more than one gateway. */
  at: 'fewest' | 'most';
  format(value: number): string;
  isEligible?: (shown: DerivedCell) => boolean;
}

const RATE: Kind = {
  title: 'Highest rate',
  metric: 'rate',
  at: 'most',
  format: (value) => `${formatRate(value)} req/s`,
};
const LATENCY: Kind = {
  title: 'Lowest p99',
  metric: 'p99',
  at: 'most',
  format: formatMilliseconds,
  isEligible: keptUp,
};
const ADDED: Kind[] = [
  { title: 'Least added latency, p50', metric: 'overheadP50', at: 'fewest', format: addedMs },
  { title: 'Least added latency, p99', metric: 'overheadP99', at: 'fewest', format: addedMs },
];
const RESOURCES: Kind[] = [
  {
    title: 'Least CPU per request',
    metric: 'cpuUsPerRequest',
    at: 'most',
    format: (value) => `${formatDecimal(value, value < 100 ? 1 : 0)} µs`,
  },
  { title: 'Least memory', metric: 'rss', at: 'most', format: (value) => `${tabulateMebibytes(value)} MiB` },
];

function addedMs(us: number): string {
  return `${us >= 0 ? '+' : ''}${tabulateMilliseconds(us)} ms`;
}

/** The best by each figure that says something of what the run asked; none of a single gateway, but under the objectives of a search. */
export function bestFigures(report: DerivedReport): BestFigure[] {
  const { capacity, scenario } = report.run;
  if (capacity !== undefined) return capacityFigures(report);
  if (contenders(report).length < 2) return [];
  const best = (kinds: readonly Kind[]) => kinds.flatMap((kind) => bestBy(kind, report));
  // What is added over all stages together is that of no load.
  if (scenario.load.stages !== undefined) return [...stageFigures(report), ...best(RESOURCES)];
  // VUs wait after a failure, so a rate says little where the upstream fails.
  if (expectationsOf(scenario).faults) return best([...ADDED, ...RESOURCES]);
  if (scenario.load.model === 'open') return best([LATENCY, ...ADDED, ...RESOURCES]);
  const ofStreams = streamFigures(report);
  return [...ofStreams, ...best([...(ofStreams.length === 0 ? [RATE] : []), ...ADDED, ...RESOURCES])];
}

function bestBy({ title, metric, at, format, isEligible }: Kind, report: DerivedReport): BestFigure[] {
  const standings = vuLevels(report.summaries)
    .map((vus) => standingAt(report, metric, vus, isEligible))
    .filter(({ order }) => order.length > 1);
  const standing = at === 'fewest' ? standings[0] : standings.at(-1);
  const [first] = standing?.order ?? [];
  if (standing === undefined || first === undefined) return [];
  const where =
    report.run.scenario.load.stages === undefined ? atLevels([standing.vus], standing.model) : 'over all stages';
  return [{ title, gateway: titleOf(first), value: format(first.value), note: `${where}; ${sureness(standing)}` }];
}

function sureness({ leading, order }: Standing): string {
  const [first, second] = order;
  if (leading === null) return `next ${second === undefined ? '' : titleOf(second)}, chance not known`;
  const others = leading.filter((placed) => placed !== first);
  if (others.length === 0) return 'better than all others for sure';
  return `not told apart from ${formatList(others.map(titleOf))}`;
}
