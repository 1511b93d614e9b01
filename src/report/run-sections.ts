import { failuresOf } from '../analysis/failures.js';
import type { GatewaySummary } from '../analysis/summary.js';
import type { CellRecord } from '../model/record.js';
import type { Run } from '../model/run.js';
import { ABSENT, decimal } from './format.js';
import { machineWords } from './machine-words.js';
import { columns, type Section } from './section.js';

/** What was run, where, and how much of it there is. */
export function runSection(run: Run, records: readonly CellRecord[]): Section {
  const { scenario, harness, machine } = run;
  const { load, upstream, request } = scenario;
  const unclean = harness.dirty === true ? ', with uncommitted changes' : '';
  const rows = [
    ['Run', `${run.id}, ${run.createdAt} to ${run.endedAt ?? 'not ended yet'}`],
    ['Machine', machineWords(machine)],
    ['Clock and power', clockAndPower(run)],
    ['Limits', limits(run)],
    ['Harness', `gatebench ${harness.version}, commit ${harness.commit ?? 'unknown'}${unclean}, Node ${harness.node}`],
    ['Load engine', `${run.engine.name} ${run.engine.version}`],
    [
      'Scenario',
      `${scenario.name}: ${scenario.title}. ${load.model} loop, VUs ${load.vus.join(', ')}; ${load.warmupS} s warm-up, ${load.durationS} s window, ` +
        `${load.repeats} ${load.repeats === 1 ? 'repeat' : 'repeats'}, time-out ${load.timeoutS} s; upstream ${upstream.latency}; ${request.stream ? 'streaming' : 'not streaming'}`,
    ],
    ['Seed of the order', String(run.seed)],
    ['Cells', cellCounts(run, records)],
    ['Requests in the windows', requestCounts(records)],
  ];
  return { title: 'Run', lead: [], table: { columns: columns(['', ''], 2), rows }, notes: [] };
}

function clockAndPower({ machine }: Run): string {
  return [
    `governor ${machine.governor ?? 'unknown'}`,
    `turbo ${machine.turbo ?? 'unknown'}`,
    `clock source ${machine.clockSource ?? 'unknown'}`,
  ].join(', ');
}

function limits({ machine }: Run): string {
  return [
    `descriptors ${machine.descriptorLimit ?? 'unknown'}`,
    `local ports ${machine.localPortRange ?? 'unknown'}`,
    `cgroup CPU ${machine.cgroupCpuMax ?? 'unknown'}`,
    `cgroup memory ${machine.cgroupMemoryMax ?? 'unknown'}`,
  ].join(', ');
}

function cellCounts(run: Run, records: readonly CellRecord[]): string {
  const kinds = ['ok', 'invalid', 'crashed', 'failed', 'skipped'] as const;
  const counts = kinds.map((kind) => [kind, records.filter(({ outcome }) => outcome.kind === kind).length] as const);
  const missing = run.cells.length - records.length;
  return [
    `${run.cells.length} planned`,
    ...counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`),
    ...(missing > 0 ? [`${missing} not measured yet`] : []),
  ].join(', ');
}

function requestCounts(records: readonly CellRecord[]): string {
  const all = records.flatMap(({ requests }) => requests ?? []);
  const sum = (value: (requests: (typeof all)[number]) => number) =>
    decimal(
      all.reduce((total, requests) => total + value(requests), 0),
      0,
    );
  return `${sum(({ sent }) => sent)} sent: ${sum(({ ok }) => ok)} succeeded, ${sum((requests) => failuresOf(requests).count)} failed, ${sum(({ unfinished }) => unfinished)} in flight when their window ended`;
}

/** The exact versions, how they were learnt and what pins them. */
export function versionsSection(summaries: readonly GatewaySummary[]): Section {
  const rows = summaries
    .filter(({ info }) => info?.kind !== 'direct')
    .map(({ title, info, planned }) => [
      title,
      info?.version ?? planned.version ?? ABSENT,
      info?.versionSource ?? ABSENT,
      info?.installedBy ?? ABSENT,
      info?.pinnedBy ?? ABSENT,
      info?.configSha256?.slice(0, 12) ?? ABSENT,
    ]);
  return {
    title: 'Gateways',
    lead: [],
    table: {
      columns: columns(
        ['Gateway', 'Version', 'As reported by', 'Installed by', 'Pinned by', 'Configuration (sha256)'],
        6,
      ),
      rows,
    },
    notes: [],
  };
}
