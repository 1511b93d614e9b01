import type { OtherHosts } from '../../app/bench/other-hosts.js';
import type { PlannedRun } from '../../app/bench/plan-run.js';
import { formatDuration } from '../../lib/duration.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { Placement, PlannedGateway } from '../../model/run.js';
import type { Scenario } from '../../model/scenario.js';
import { cellSeconds, runSeconds } from '../../plan/estimate.js';
import { colours } from '../output.js';

/** Cells that will really be measured. */
export function measurableCells({ cells, gateways }: PlannedRun) {
  const running = new Set(gateways.filter(({ skip }) => skip === null).map(labelOf));
  return cells.filter((cell) => running.has(labelOf(cell)));
}

/** The plan for people: what runs, what doesn't and why, and how long it takes. */
export function planText(plan: PlannedRun, hosts: OtherHosts = {}): string {
  const { scenario, gateways, engine, placement, seed } = plan;
  const cells = measurableCells(plan);
  const width = Math.max(...gateways.map((gateway) => labelOf(gateway).length));
  const lines = gateways.map((gateway) => `  ${labelOf(gateway).padEnd(width)}  ${stateOf(gateway)}`);
  return [
    `${colours.bold(scenario.title)}: ${formatLoad(scenario)}`,
    `engine ${engine.name} ${engine.version}, upstream ${scenario.upstream.latency}, seed ${seed}`,
    ...hostLines(hosts),
    placementText(placement),
    '',
    ...lines,
    '',
    ...notHereLines(plan),
    `${cells.length} cells of ${formatDuration(cellSeconds(scenario))} each: about ${formatDuration(runSeconds(scenario, cells))}`,
  ].join('\n');
}

function hostLines({ k6Hosts, upstreamHost }: OtherHosts): string[] {
  const load = k6Hosts === undefined ? [] : [`load from ${k6Hosts.join(', ')}`];
  const upstream = upstreamHost === undefined ? [] : [`mock upstream on ${upstreamHost}`];
  const parts = [...load, ...upstream];
  return parts.length === 0 ? [] : [parts.join('; ')];
}

function notHereLines({ flame }: PlannedRun): string[] {
  if (flame === null || flame.unavailable.length === 0) return [];
  const lines = flame.unavailable.map(
    ({ gateway, profiler, reason, hint }) => `  ${gateway} by ${profiler}: ${reason} (${hint})`,
  );
  return ['not profiled:', ...lines, ''];
}

function placementText(placement: Placement): string {
  return placement.kind === 'off'
    ? `no CPUs set apart: ${placement.reason}`
    : `load engine and mock on CPUs ${placement.load}, gateway on CPUs ${placement.gateway}`;
}

function formatLoad({ load, request }: Scenario): string {
  const repeats = load.repeats > 1 ? `, ${load.repeats} repeats` : '';
  const form = request.stream ? ', streaming' : '';
  return `${load.vus.join(', ')} VUs, ${formatDuration(load.warmupS)} warm-up, ${formatDuration(load.durationS)} window${repeats}${form}`;
}

function stateOf({ skip, version, title, note }: PlannedGateway): string {
  if (skip) return `${colours.yellow('skipped')}: ${skip.reason}${skip.hint ? ` (${skip.hint})` : ''}`;
  return [title, version, note && `(${note})`].filter(Boolean).join(' ');
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}
