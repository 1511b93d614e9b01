import { metricNamed } from '../analysis/metrics.js';
import { differencesBetweenRuns, type RunDifference } from '../analysis/pool/between-runs.js';
import { formatBuilds, type SplitGateway } from '../analysis/pool/builds.js';
import type { Pool, PooledPart } from '../analysis/pool/pool-runs.js';
import type { GatewaySummary } from '../analysis/summary.js';
import {
  ABSENT,
  formatCount,
  formatDecimal,
  formatRate,
  formatSignificant,
  tabulateMebibytes,
  tabulateMilliseconds,
} from '../lib/format.js';
import type { MetricName } from '../model/metric.js';
import { columns, type Section } from './section.js';

/** Several runs in one report. */
export interface PooledRuns extends Pool {
  /** What a reader has to know of how the runs compare. */
  notes: readonly string[];
}

/** The runs that a report is made of, what differs among them, and what that means for its figures. */
export function pooledSections(pool: PooledRuns, summaries: readonly GatewaySummary[]): Section[] {
  const differences = differencesBetweenRuns(summaries);
  return [runsSection(pool), ...(differences.length === 0 ? [] : [differencesSection(pool, differences)])];
}

function runsSection({ parts, split, notes }: PooledRuns): Section {
  return {
    title: 'Runs',
    lead: [
      `${parts.length} runs of one machine, engine, mock and scenario. Their repeats are numbered on: a block is one repeat of one run. ` +
        'Overheads and ratios of two gateways come from within a block, and percentiles of requests of two runs are not added up.',
      ...split.map(splitSentence),
      ...apartSentences(split),
    ],
    table: {
      columns: columns(['Run', 'Began', 'gatebench', 'Seed', 'Blocks', 'Cells', 'CPU time of the same work'], 3),
      rows: parts.map(runRow),
    },
    notes: [...notes],
  };
}

function splitSentence(split: SplitGateway): string {
  const versions = new Set(split.builds.map(({ version }) => version));
  const what = versions.size > 1 ? 'different versions' : 'one version, set up differently,';
  return `${split.label} is ${what} in these runs, so each is a gateway of its own here: ${formatBuilds(split)}.`;
}

/** Where two labels of one gateway never met in a block, this report can't say which is better. */
function apartSentences([split]: readonly SplitGateway[]): string[] {
  const [base, head] = split?.builds ?? [];
  if (base === undefined || head === undefined) return [];
  return [
    `No block has two of them, so no ratio of them is given. "gatebench compare" takes two runs, such as ${base.runIds[0]} and ${head.runIds[0]}, and says what differs.`,
  ];
}

function runRow({ run, firstBlock, lastBlock, outcomes, costBesideFirst }: PooledPart): string[] {
  const { harness } = run;
  const commit = harness.commit === null ? '' : ` ${harness.commit.slice(0, 7)}`;
  return [
    run.id,
    `${run.createdAt.slice(0, 16).replace('T', ' ')} UTC`,
    `${harness.version}${commit}${harness.dirty === true ? ', changed' : ''}`,
    String(run.seed),
    firstBlock >= lastBlock ? String(firstBlock) : `${firstBlock}–${lastBlock}`,
    Object.entries(outcomes)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
    costBesideFirst === null ? ABSENT : `${formatDecimal(100 * costBesideFirst, 1)} %`,
  ];
}

const FORMATS: Record<MetricName, (value: number) => string> = {
  rate: formatRate,
  p50: tabulateMilliseconds,
  p95: tabulateMilliseconds,
  p99: tabulateMilliseconds,
  overheadP50: tabulateMilliseconds,
  overheadP99: tabulateMilliseconds,
  cpuUsPerRequest: formatCount,
  rss: tabulateMebibytes,
  pss: tabulateMebibytes,
};

function unitOf(metric: MetricName): string {
  if (metric === 'cpuUsPerRequest') return 'µs';
  const { unit } = metricNamed(metric);
  return unit === 'µs' ? 'ms' : unit === 'bytes' ? 'MiB' : unit;
}

function differencesSection({ parts }: Pool, differences: readonly RunDifference[]): Section {
  return {
    title: 'Differences between the runs',
    lead: [
      'Here the runs differ by more than their repeats do (F test, p at most 5 % after Holm’s adjustment). What the repeats of a run have in ' +
        'common isn’t in an interval over all of them: it is too narrow there. More runs help, not more repeats.',
    ],
    table: {
      columns: columns(['Gateway', 'VUs', 'Metric', ...parts.map(({ run }) => run.id), 'p'], 3),
      rows: differences.map(({ label, vus, metric, means, adjustedP }) => [
        label,
        String(vus),
        `${metricNamed(metric).title} (${unitOf(metric)})`,
        ...parts.map(({ run }) => {
          const found = means.find(({ runId }) => runId === run.id);
          return found === undefined ? ABSENT : FORMATS[metric](found.estimate);
        }),
        adjustedP < 0.001 ? '< 0.001' : formatSignificant(adjustedP, 2),
      ]),
    },
    notes: [],
  };
}
