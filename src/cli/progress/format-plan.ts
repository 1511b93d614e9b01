import { estimatedSeconds, measurableCells, type RunPlan } from '../../app/bench/resolve-run.js';
import { formatDuration } from '../../lib/duration.js';
import { formatSignificant, formatTitle } from '../../lib/format.js';
import { printable } from '../../lib/printable.js';
import type { CapacitySearch } from '../../model/capacity.js';
import { formatLoadLevels } from '../../model/format-load.js';
import { formatTls } from '../../model/format-tls.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { Placement, PlannedGateway } from '../../model/run.js';
import type { Scenario } from '../../model/scenario.js';
import type { Until } from '../../model/until.js';
import { cellSeconds } from '../../plan/estimate.js';
import { colours } from '../output.js';

/** The plan for people: what runs, what doesn't and why, and how long it takes. */
export function planText(plan: RunPlan): string {
  const { scenario, gateways, engine, placement, loadPriority, seed, until, capacity } = plan;
  const cells = measurableCells(plan);
  const width = Math.max(...gateways.map((gateway) => labelOf(gateway).length));
  const lines = gateways.map((gateway) => `  ${labelOf(gateway).padEnd(width)}  ${stateOf(gateway)}`);
  return [
    `${colours.bold(printable(scenario.title))}: ${formatLoad(scenario, capacity)}`,
    [
      `engine ${engine.name} ${engine.version}, upstream ${upstreamText(plan)}`,
      formatTls(scenario) ?? [],
      `seed ${seed}`,
    ]
      .flat()
      .join(', '),
    ...unavailableEngineLines(plan),
    ...hostLines(plan),
    placementText(placement),
    ...(loadPriority.kind === 'realtime' ? ['mock upstream with real-time priority'] : []),
    '',
    ...lines,
    '',
    ...unavailableProfilerLines(plan),
    ...(capacity === undefined
      ? [
          `${cells.length} cells of ${formatDuration(cellSeconds(plan))} each: about ${formatDuration(estimatedSeconds(plan))}`,
        ]
      : searchLines(plan, capacity)),
    ...(until === null
      ? []
      : [`then more repeats, up to ${until.maxRepeats}, of what isn't known: ${formatTargets(until)}`]),
  ].join('\n');
}

function upstreamText({ attached, scenario }: RunPlan): string {
  return attached?.upstream === 'external' ? 'external' : scenario.upstream.latency;
}

/** `rate ± 2 %, p99 ± 5 %`. */
function formatTargets({ targets }: Until): string {
  return targets
    .map(({ metric, halfWidthShare }) => `${metric} ± ${formatSignificant(100 * halfWidthShare, 3)} %`)
    .join(', ');
}

function unavailableEngineLines({ engine, engineUnavailable, remoteLoad }: RunPlan): string[] {
  if (engineUnavailable === null) return [];
  const where = remoteLoad === null ? 'here' : 'there';
  return [`engine ${engine.name} can't run ${where}: ${engineUnavailable.reason} (${engineUnavailable.hint})`];
}

function hostLines({ remoteLoad, upstreamHost }: RunPlan): string[] {
  const load = remoteLoad === null ? [] : [`load from ${remoteLoad.hosts.join(', ')}`];
  const upstream = upstreamHost === null ? [] : [`mock upstream on ${upstreamHost}`];
  const parts = [...load, ...upstream];
  return parts.length === 0 ? [] : [parts.join('; ')];
}

function unavailableProfilerLines({ flame }: RunPlan): string[] {
  if (flame === null || flame.unavailable.length === 0) return [];
  const lines = flame.unavailable.map(
    ({ gateway, profiler, reason, hint }) => `  ${gateway} by ${profiler}: ${reason} (${hint})`,
  );
  return ['not profiled:', ...lines, ''];
}

function placementText(placement: Placement): string {
  return placement.kind === 'off'
    ? `CPUs not pinned: ${placement.reason}`
    : `load engine and mock on CPUs ${placement.load}, gateway on CPUs ${placement.gateway}`;
}

/** What a search looks for, and what it takes at most. */
function searchLines(
  plan: RunPlan,
  { objectives, unit, from, max, maxWindows, subjects, direct }: CapacitySearch,
): string[] {
  const cellS = cellSeconds(plan);
  const cells = maxWindows * subjects.length * (direct === null ? 1 : 2);
  const beside = direct === null ? '' : `, as many of ${direct} beside them`;
  return [
    `the most ${unit === 'vus' ? 'VUs' : 'requests a second'} that keep ${objectives.map(({ text }) => text).join('; or ')}: from ${from}, at most ${max}`,
    `at most ${maxWindows} windows of each gateway${beside}, ${formatDuration(cellS)} each: at most ${formatDuration(cells * cellS)}`,
  ];
}

function formatLoad({ load, request }: Scenario, capacity: CapacitySearch | undefined): string {
  const repeats = load.repeats > 1 ? `, ${load.repeats} repeats` : '';
  const form = request.stream ? ', streaming' : '';
  const levels = capacity === undefined ? `${formatLoadLevels(load)}, ` : '';
  return `${levels}${formatDuration(load.warmupS)} warm-up, ${formatDuration(load.durationS)} window${repeats}${form}`;
}

function stateOf({ skip, version, title, note }: PlannedGateway): string {
  if (skip) return `${colours.yellow('skipped')}: ${skip.reason}${skip.hint ? ` (${skip.hint})` : ''}`;
  return printable([formatTitle(title, version), note && `(${note})`].filter(Boolean).join(' '));
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}
