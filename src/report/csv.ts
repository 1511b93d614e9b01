import { stringify } from 'csv-stringify/sync';
import type { DerivedCell } from '../analysis/derive-run.js';
import { failuresOf } from '../analysis/failures.js';
import { remarksOn } from '../analysis/format-outcome.js';
import { streamFigures } from '../analysis/streams.js';
import { pacingOf } from '../analysis/upstream-answer.js';
import { UPSTREAM_REQUESTS_GATE } from '../analysis/upstream-requests.js';
import { FailureClass } from '../model/load.js';
import type { TreeResources } from '../model/resources.js';
import type { Run } from '../model/run.js';

type Value = string | number | boolean | null;

/** `results.csv`: one row per cell, unrounded, with units in the column names; an empty field is unknown. */
export function csvReport(run: Pick<Run, 'id' | 'scenario'>, records: readonly DerivedCell[]): string {
  // Without records there are no keys for a header.
  const rows = records.map((record) => rowOf(run, record));
  return stringify(rows, { header: records.length > 0, cast: { boolean: String } });
}

function rowOf(run: Pick<Run, 'id' | 'scenario'>, record: DerivedCell): Record<string, Value> {
  const { cell, gateway, engine, outcome, gates, window, requests, latencyUs, resources, mock } = record;
  const failures = requests === null ? null : failuresOf(requests);
  return {
    cell_id: cell.id,
    gateway: cell.gateway,
    variant: cell.variant,
    title: gateway.title,
    version: gateway.version,
    runtime: gateway.runtime.kind === 'container' ? gateway.runtime.engine : gateway.runtime.kind,
    image: gateway.runtime.kind === 'container' ? gateway.runtime.image : null,
    scenario: cell.scenario,
    stream: cell.stream,
    vus: cell.vus ?? null,
    planned_rate_per_s: cell.ratePerSec ?? null,
    repeat: cell.repeat,
    profiler: cell.profiler,
    outcome: outcome.kind,
    remarks: remarksOn(record).join(' '),
    engine: engine.name,
    engine_version: engine.version,
    started_at: record.startedAt,
    ended_at: record.endedAt,
    warmup_s: window?.warmupS ?? null,
    duration_planned_s: window?.durationS ?? null,
    duration_measured_s: window?.measuredS ?? null,
    rate_per_s: record.ratePerSec,
    requests_sent: requests?.sent ?? null,
    requests_ok: requests?.ok ?? null,
    requests_failed: failures?.count ?? null,
    requests_unfinished: requests?.inFlightAtEnd ?? null,
    requests_reopened: requests?.reopened ?? null,
    failed_share: failures?.share ?? null,
    ...Object.fromEntries(
      FailureClass.options.map((name) => [`failed_${name}`, requests === null ? null : (requests.failed[name] ?? 0)]),
    ),
    upstream_requests_per_request: gates.find(({ gate }) => gate === UPSTREAM_REQUESTS_GATE)?.value ?? null,
    latency_min_us: latencyUs?.min ?? null,
    latency_mean_us: latencyUs?.mean ?? null,
    latency_p50_us: latencyUs?.p50 ?? null,
    latency_p90_us: latencyUs?.p90 ?? null,
    latency_p95_us: latencyUs?.p95 ?? null,
    latency_p99_us: latencyUs?.p99 ?? null,
    latency_p999_us: latencyUs?.p999 ?? null,
    latency_max_us: latencyUs?.max ?? null,
    ...arrivalColumns(record),
    mean_response_us: record.meanResponseUs,
    connect_p50_us: record.connectUs?.p50 ?? null,
    connect_p99_us: record.connectUs?.p99 ?? null,
    first_byte_p50_us: record.firstByteUs?.p50 ?? null,
    first_byte_p99_us: record.firstByteUs?.p99 ?? null,
    ...streamColumns(record, run.scenario),
    overhead_p50_us: record.overheadUs?.p50 ?? null,
    overhead_p99_us: record.overheadUs?.p99 ?? null,
    ...treeColumns('gateway', resources.gateway),
    ...treeColumns('services', resources.services),
    ...treeColumns('mock', resources.mock),
    ...treeColumns('engine', resources.engine),
    machine_cost_kernels_ratio: record.machineSpeed.kernels,
    machine_cost_harness_ratio: record.machineSpeed.harness,
    machine_cost_ratio: record.machineSpeed.cost,
    host_cpu_mean_percent: resources.host?.cpuPercentMean ?? null,
    host_steal_mean_percent: resources.host?.stealPercentMean ?? null,
    host_other_programs_mean_percent: resources.host?.otherCpuPercentMean ?? null,
    host_load1_max: resources.host?.load1Max ?? null,
    mock_lateness_p99_us: mock?.latenessUs?.p99 ?? null,
    engine_event_loop_utilisation_share: record.eventLoopUtilisation,
    not_reported: Object.entries(record.absent)
      .map(([field, reason]) => `${field}: ${reason}`)
      .join('; '),
    ...Object.fromEntries(
      (['invalid', 'warn', 'unknown'] as const).map((verdict) => [
        `gates_${verdict}`,
        gates
          .filter((gate) => gate.verdict === verdict)
          .map(({ gate }) => gate)
          .join('; '),
      ]),
    ),
    run_id: record.pooledFrom?.runId ?? run.id,
    run_cell_id: record.pooledFrom?.cellId ?? cell.id,
  };
}

/** Of an open loop; empty in a closed one. */
function arrivalColumns({ arrivals, rawLatencyUs, sendDelayUs }: DerivedCell): Record<string, Value> {
  return {
    arrivals_planned: arrivals?.planned ?? null,
    arrivals_sent: arrivals?.sent ?? null,
    arrivals_unsent: arrivals?.unsent ?? null,
    arrivals_held_back: arrivals?.heldBack ?? null,
    arrivals_slipped: arrivals?.slipped ?? null,
    in_flight_max: arrivals?.inFlightMax ?? null,
    raw_latency_p50_us: rawLatencyUs?.p50 ?? null,
    raw_latency_p99_us: rawLatencyUs?.p99 ?? null,
    send_delay_p50_us: sendDelayUs?.p50 ?? null,
    send_delay_p99_us: sendDelayUs?.p99 ?? null,
    send_delay_max_us: sendDelayUs?.max ?? null,
  };
}

/** Of a cell that streamed nothing, all of them are empty. */
function streamColumns(record: DerivedCell, scenario: Run['scenario']): Record<string, number | null> {
  const { stream } = record;
  const figures = streamFigures(record, pacingOf(scenario));
  return {
    head_p50_us: stream?.headUs?.p50 ?? null,
    head_p99_us: stream?.headUs?.p99 ?? null,
    frame_gap_p50_us: stream?.gapUs?.p50 ?? null,
    frame_gap_p99_us: stream?.gapUs?.p99 ?? null,
    frame_gap_max_us: figures?.longestGapUs ?? null,
    frames_received: stream?.framesReceived ?? null,
    frames_expected: stream?.frames?.expected ?? null,
    frames_lost: stream?.frames?.lost ?? null,
    frames_merged: figures?.merged ?? null,
    frames_reordered: stream?.frames?.reordered ?? null,
    frames_surplus: stream?.frames?.surplus ?? null,
    answers_buffered: figures?.buffered ?? null,
    cpu_per_frame_us: figures?.cpuUsPerFrame ?? null,
    mean_head_us: figures?.partsUs?.head ?? null,
    mean_head_to_first_frame_us: figures?.partsUs?.firstFrame ?? null,
    mean_first_to_last_frame_us: figures?.partsUs?.frames ?? null,
    mean_last_frame_to_end_us: figures?.partsUs?.end ?? null,
  };
}

function treeColumns(name: string, tree: TreeResources | null): Record<string, number | null> {
  return {
    [`${name}_cpu_mean_percent`]: tree?.cpuPercentMean ?? null,
    [`${name}_cpu_max_percent`]: tree?.cpuPercentMax ?? null,
    [`${name}_cpu_per_request_us`]: tree?.cpuUsPerRequest ?? null,
    [`${name}_rss_idle_bytes`]: tree?.rssBytesIdle ?? null,
    [`${name}_rss_max_bytes`]: tree?.rssBytesMax ?? null,
    [`${name}_rss_after_bytes`]: tree?.rssBytesAfter ?? null,
    [`${name}_pss_idle_bytes`]: tree?.pssBytesIdle ?? null,
    [`${name}_pss_max_bytes`]: tree?.pssBytesMax ?? null,
    [`${name}_threads_max`]: tree?.threadsMax ?? null,
    [`${name}_descriptors_max`]: tree?.descriptorsMax ?? null,
    [`${name}_processes_max`]: tree?.processesMax ?? null,
  };
}
