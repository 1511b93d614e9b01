import { failuresOf } from '../analysis/failures.js';
import type { RunSpeed } from '../analysis/machine-speed.js';
import type { GatewaySummary } from '../analysis/summary.js';
import { ABSENT, formatDecimal } from '../lib/format.js';
import { formatLoadLevels } from '../model/format-load.js';
import { formatTls } from '../model/format-tls.js';
import type { Requests } from '../model/load.js';
import type { CellRecord, DamagedRecord } from '../model/record.js';
import type { Run, RunChange } from '../model/run.js';
import type { GatewayRuntime } from '../model/runtime.js';
import { Footnotes } from './footnotes.js';
import { formatMachine } from './format-machine.js';
import { columns, type Section } from './section.js';
import { marked } from './throughput-table.js';

/** What was run, where, and how much of it there is. @param runs that the report is of: what they don't share is told elsewhere */
export function runSection(
  run: Run,
  records: readonly CellRecord[],
  speed: RunSpeed,
  damaged: readonly DamagedRecord[] = [],
  runs = 1,
): Section {
  const { scenario, harness, machine } = run;
  const { load, upstream, request } = scenario;
  const unclean = harness.dirty === true ? ', with uncommitted changes' : '';
  const footnotes = new Footnotes();
  const commit = harness.commit ?? (runs === 1 ? 'unknown' : 'not the same in all, see Runs');
  const rows = [
    [
      runs === 1 ? 'Run' : 'Runs',
      `${runs === 1 ? run.id : runs}, ${run.createdAt} to ${run.endedAt ?? 'not ended yet'}`,
    ],
    ['Machine', formatMachine(machine)],
    ['Clock and power', clockAndPower(run)],
    ['Limits', limits(run)],
    ['Own speed', ownSpeed(run, speed)],
    ['Harness', `gatebench ${harness.version}, commit ${commit}${unclean}, Node ${harness.node}`],
    ['Load engine', marked(`${run.engine.name} ${run.engine.version}`, footnotes.mark(engineRemarks(run, records)))],
    ...otherHosts(run),
    ['Placement', formatPlacement(run)],
    ['Mock’s priority', formatLoadPriority(run)],
    [
      'Scenario',
      `${scenario.name}: ${scenario.title}. ${load.model} loop, ${run.capacity === undefined ? formatLoadLevels(load) : 'levels as the search chose'}; ${load.warmupS} s warm-up, ${load.durationS} s window, ` +
        `${load.repeats} ${load.repeats === 1 ? 'repeat' : 'repeats'}, time-out ${load.timeoutS} s; upstream ${run.attached?.upstream === 'external' ? 'external' : upstream.latency}; ${request.stream ? 'streaming' : 'not streaming'}${tlsText(run)}`,
    ],
    ...(runs === 1 ? [['Seed of the order', String(run.seed)]] : []),
    ...run.changes.map((change): [string, string] => ['Changed in mid-run', formatChange(run, change)]),
    ...wallClock(records),
    ['Cells', cellCounts(run, records, damaged.length)],
    ['Requests in the windows', requestCounts(records, footnotes)],
  ];
  return { title: 'Run', lead: [], table: { columns: columns(['', ''], 2), rows }, notes: footnotes.lines() };
}

/** What is encrypted. Overheads are what a gateway adds to direct, which pays for TLS once. */
function tlsText({ scenario }: Run): string {
  const tls = formatTls(scenario);
  return tls === null ? '' : `; ${tls}, direct over TLS as well`;
}

/** What the engine can't report, and why; fields that the counts below mark themselves are left to them. */
function engineRemarks({ engine }: Run, records: readonly CellRecord[]): string[] {
  const counted = ['requests.sent', 'requests.inFlightAtEnd'];
  const absent = Object.entries(Object.assign({}, ...records.map((record) => record.absent)) as Record<string, string>);
  const told = absent.filter(([field]) => !counted.includes(field)).map(([field, reason]) => `${field} (${reason})`);
  return told.length === 0 ? [] : [`Not reported by ${engine.name}: ${told.join('; ')}.`];
}

/** What didn't run on the machine that stands above. */
function otherHosts({ engine, upstreamHost }: Run): string[][] {
  const { remote } = engine;
  if (!remote && upstreamHost === undefined) return [];
  const parts = [
    ...(remote ? [`load from ${remote.hosts.join(', ')}`] : []),
    ...(upstreamHost === undefined ? [] : [`mock upstream on ${upstreamHost}`]),
  ];
  // The direct way is from the load to the upstream; through a gateway it is there and then on.
  const hop = remote && upstreamHost !== undefined ? '; a gateway adds a network hop, which its overhead contains' : '';
  return [['Other hosts', parts.join('; ') + hop]];
}

function formatPlacement({ placement }: Run): string {
  if (placement.kind === 'off') return `no CPUs set apart: ${placement.reason}`;
  const how = placement.chosenBy === 'auto' ? 'chosen by gatebench' : 'as asked for';
  return `load engine and mock on CPUs ${placement.load}, gateway on CPUs ${placement.gateway} (${how})`;
}

function formatLoadPriority({ loadPriority }: Run): string {
  if (loadPriority.kind === 'normal') return `as any process: ${loadPriority.reason}`;
  return `real-time (SCHED_RR), ${loadPriority.chosenBy === 'auto' ? 'chosen by gatebench' : 'as asked for'}`;
}

function clockAndPower({ machine }: Run): string {
  return [
    `governor ${machine.governor ?? 'unknown'}`,
    `turbo ${machine.turboEnabled === null ? 'unknown' : machine.turboEnabled ? 'on' : 'off'}`,
    `clock source ${machine.clockSource ?? 'unknown'}`,
  ].join(', ');
}

function ownSpeed({ calibration }: Run, { moments, calibratedCells }: RunSpeed): string {
  if (!calibration) return 'not measured';
  if (moments.length < 2) return 'not known yet';
  const percent = (cost: number) => `${formatDecimal(100 * cost, 1)} %`;
  const costs = moments.map(({ cost }) => cost);
  return (
    `measured around ${calibratedCells} cells: the same work took ${percent(Math.min(...costs))} to ` +
    `${percent(Math.max(...costs))} of the CPU time in the middle of the run`
  );
}

function limits({ machine }: Run): string {
  return [
    `descriptors ${machine.descriptorLimit ?? 'unknown'}`,
    `local ports ${machine.localPortRange ?? 'unknown'}`,
    `cgroup CPU ${machine.cgroupCpuMax ?? 'unknown'}`,
    `cgroup memory ${machine.cgroupMemoryMax ?? 'unknown'}`,
  ].join(', ');
}

/** Where the wall clock was set in mid-run, or the machine slept. */
function wallClock(records: readonly CellRecord[]): string[][] {
  const parted = records.filter(({ wallClockAheadMs }) => wallClockAheadMs !== null);
  if (parted.length === 0) return [];
  const cells = parted.map(({ cell, wallClockAheadMs }) => {
    const seconds = formatDecimal(Math.abs(wallClockAheadMs ?? 0) / 1000, 1);
    return `${seconds} s ${(wallClockAheadMs ?? 0) > 0 ? 'ahead' : 'behind'} at the end of ${cell.id}`;
  });
  return [['Wall clock', `parted from the monotonic clock, by which all times are: ${cells.join(', ')}`]];
}

/** Which cells were measured before a change and which after it. */
function formatChange(run: Run, { at, changed, cellsBefore }: RunChange): string {
  const before = new Set(cellsBefore);
  const after = run.cells.filter(({ id }) => !before.has(id)).map(({ id }) => id);
  return `${at}: ${changed.join('; ')}. Cells before and after it do not compare. Before: ${cellsBefore.join(', ')}; after: ${after.join(', ')}`;
}

function cellCounts(run: Run, records: readonly CellRecord[], damaged: number): string {
  const kinds = ['ok', 'invalid', 'crashed', 'failed', 'skipped'] as const;
  const counts = kinds.map((kind) => [kind, records.filter(({ outcome }) => outcome.kind === kind).length] as const);
  const missing = run.cells.length - records.length - damaged;
  return [
    `${run.cells.length} planned`,
    ...counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${kind}`),
    ...(damaged > 0 ? [`${damaged} with a damaged record (see Validity)`] : []),
    ...(missing > 0 ? [`${missing} not measured yet`] : []),
  ].join(', ');
}

/** Sums over all windows; one that a single window lacks is not a smaller sum, it is unknown. */
function requestCounts(records: readonly CellRecord[], footnotes: Footnotes): string {
  const all = records.flatMap(({ requests }) => requests ?? []);
  const sum = (value: (requests: Requests) => number) => formatDecimal(total(all.map(value)), 0);
  const known = (field: 'sent' | 'inFlightAtEnd') => {
    const values = all.map((requests) => requests[field]).filter((value) => value !== null);
    if (values.length === all.length) return formatDecimal(total(values), 0);
    const key = `requests.${field}`;
    const reasons = new Set(records.flatMap(({ absent }) => absent[key] ?? []));
    return marked(ABSENT, footnotes.mark([...reasons].map((reason) => `Not counted: ${reason}.`)));
  };
  return `${known('sent')} sent: ${sum(({ ok }) => ok)} succeeded, ${sum((requests) => failuresOf(requests).count)} failed, ${known('inFlightAtEnd')} in flight when their window ended`;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The exact versions, how they were learnt and what pins them. */
export function versionsSection(summaries: readonly GatewaySummary[]): Section {
  const shown = summaries.filter(({ info }) => info?.kind !== 'direct');
  // If all are processes, a column that says so adds nothing.
  const mixed = shown.some(({ info }) => info !== null && info.runtime.kind !== 'process');
  const rows = shown.flatMap(({ title, info, planned }) => [
    [
      title,
      ...(mixed ? [info ? formatRuntime(info.runtime) : ABSENT] : []),
      info?.version ?? planned.version ?? ABSENT,
      info?.versionSource ?? ABSENT,
      info?.installedBy ?? ABSENT,
      info?.pinnedBy ?? ABSENT,
      info?.configSha256?.slice(0, 12) ?? ABSENT,
    ],
    ...(info?.services ?? []).map((service) => [
      `${service.title}, beside ${title}`,
      ...(mixed ? ['process'] : []),
      service.version,
      'its version command',
      service.installedBy,
      service.pinnedBy,
      // Part of the gateway's.
      ABSENT,
    ]),
  ]);
  return {
    title: 'Gateways',
    lead: [],
    table: {
      columns: columns(
        [
          'Gateway',
          ...(mixed ? ['Runs as'] : []),
          'Version',
          'As reported by',
          'Installed by',
          'Pinned by',
          'Configuration (sha256)',
        ],
        mixed ? 7 : 6,
      ),
      rows,
    },
    notes: [],
  };
}

/** How a gateway lived: beside processes, a container's figures hold what the engine does to it. */
function formatRuntime(runtime: GatewayRuntime): string {
  switch (runtime.kind) {
    case 'process':
      return 'process';
    case 'attached':
      return `running before, at ${runtime.origin}`;
    case 'container':
      return `${runtime.engine} ${runtime.engineVersion} container`;
    default:
      return runtime satisfies never;
  }
}
