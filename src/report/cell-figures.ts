import type { DerivedCell } from '../analysis/derive-run.js';
import { failuresOf } from '../analysis/failures.js';
import { UPSTREAM_REQUESTS_GATE } from '../analysis/upstream-requests.js';
import { FailureClass } from '../model/load.js';
import type { TreeResources } from '../model/resources.js';

/** One figure of a cell, raw. */
export interface CellFigure {
  /** Those that are compared have the names of `MetricName`. */
  metric: string;
  unit: 'req/s' | 'requests' | 'µs' | 'bytes' | '%' | 'ratio' | 'count';
  /** Null is unknown. */
  value: number | null;
}

/** Every figure of a cell, in one order. Of process trees that it didn't have, such as the gateway of `direct`, there are none. */
export function cellFigures(cell: DerivedCell): CellFigure[] {
  const { resources, machineSpeed, mock } = cell;
  return [
    ...loadFigures(cell),
    ...latencyFigures(cell),
    ...arrivalFigures(cell),
    // CPU and memory are the gateway's unless something else is named.
    ...treeFigures('', resources.gateway),
    ...treeFigures('services.', resources.services),
    ...treeFigures('mock.', resources.mock),
    ...treeFigures('engine.', resources.engine),
    of('ratio', 'machineCost', machineSpeed.cost),
    of('ratio', 'machineCostKernels', machineSpeed.kernels),
    of('ratio', 'machineCostHarness', machineSpeed.harness),
    of('%', 'hostCpuMean', resources.host?.cpuPercentMean),
    of('%', 'hostStealMean', resources.host?.stealPercentMean),
    of('%', 'hostOtherProgramsMean', resources.host?.otherCpuPercentMean),
    of('count', 'hostLoad1Max', resources.host?.load1Max),
    of('µs', 'mockLatenessP99', mock?.latenessUs?.p99),
    of('ratio', 'engineEventLoopUtilisation', cell.eventLoopUtilisation),
  ];
}

function of(unit: CellFigure['unit'], metric: string, value: number | null | undefined): CellFigure {
  return { metric, unit, value: value ?? null };
}

function loadFigures({ ratePerSec, requests, gates }: DerivedCell): CellFigure[] {
  const failures = requests === null ? null : failuresOf(requests);
  return [
    of('req/s', 'rate', ratePerSec),
    of('requests', 'requestsSent', requests?.sent),
    of('requests', 'requestsOk', requests?.ok),
    of('requests', 'requestsFailed', failures?.count),
    of('requests', 'requestsUnfinished', requests?.inFlightAtEnd),
    of('ratio', 'failedShare', failures?.share),
    ...FailureClass.options.map((name) =>
      of('requests', `failed.${name}`, requests === null ? null : (requests.failed[name] ?? 0)),
    ),
    of('ratio', 'upstreamRequestsPerRequest', gates.find(({ gate }) => gate === UPSTREAM_REQUESTS_GATE)?.value),
  ];
}

function latencyFigures({
  latencyUs,
  meanResponseUs,
  connectUs,
  firstByteUs,
  stream,
  overheadUs,
}: DerivedCell): CellFigure[] {
  return [
    of('µs', 'latencyMin', latencyUs?.min),
    of('µs', 'latencyMean', latencyUs?.mean),
    of('µs', 'p50', latencyUs?.p50),
    of('µs', 'p90', latencyUs?.p90),
    of('µs', 'p95', latencyUs?.p95),
    of('µs', 'p99', latencyUs?.p99),
    of('µs', 'p999', latencyUs?.p999),
    of('µs', 'latencyMax', latencyUs?.max),
    of('µs', 'meanResponse', meanResponseUs),
    of('µs', 'connectP50', connectUs?.p50),
    of('µs', 'connectP99', connectUs?.p99),
    of('µs', 'firstByteP50', firstByteUs?.p50),
    of('µs', 'firstByteP99', firstByteUs?.p99),
    of('µs', 'headP50', stream?.headUs?.p50),
    of('µs', 'headP99', stream?.headUs?.p99),
    of('µs', 'frameGapP50', stream?.gapUs?.p50),
    of('µs', 'frameGapP99', stream?.gapUs?.p99),
    of('count', 'framesReceived', stream?.framesReceived),
    of('count', 'framesLost', stream?.frames?.lost),
    of('count', 'framesReordered', stream?.frames?.reordered),
    of('µs', 'overheadP50', overheadUs?.p50),
    of('µs', 'overheadP99', overheadUs?.p99),
  ];
}

/** Of an open loop; a closed one has none of them. */
function arrivalFigures({ arrivals, rawLatencyUs, sendDelayUs }: DerivedCell): CellFigure[] {
  if (arrivals === undefined) return [];
  return [
    of('requests', 'arrivalsPlanned', arrivals.planned),
    of('requests', 'arrivalsUnsent', arrivals.unsent),
    of('requests', 'arrivalsHeldBack', arrivals.heldBack),
    of('requests', 'arrivalsSlipped', arrivals.slipped),
    of('count', 'inFlightMax', arrivals.inFlightMax),
    of('µs', 'rawLatencyP50', rawLatencyUs?.p50),
    of('µs', 'rawLatencyP99', rawLatencyUs?.p99),
    of('µs', 'sendDelayP50', sendDelayUs?.p50),
    of('µs', 'sendDelayP99', sendDelayUs?.p99),
  ];
}

function treeFigures(prefix: string, tree: TreeResources | null): CellFigure[] {
  if (tree === null) return [];
  return [
    of('%', `${prefix}cpuMean`, tree.cpuPercentMean),
    of('%', `${prefix}cpuMax`, tree.cpuPercentMax),
    of('µs', `${prefix}cpuUsPerRequest`, tree.cpuUsPerRequest),
    of('bytes', `${prefix}rss`, tree.rssBytesMax),
    of('bytes', `${prefix}rssIdle`, tree.rssBytesIdle),
    of('bytes', `${prefix}rssAfter`, tree.rssBytesAfter),
    of('bytes', `${prefix}pss`, tree.pssBytesMax),
    of('bytes', `${prefix}pssIdle`, tree.pssBytesIdle),
    of('count', `${prefix}threads`, tree.threadsMax),
    of('count', `${prefix}descriptors`, tree.descriptorsMax),
    of('count', `${prefix}processes`, tree.processesMax),
  ];
}
