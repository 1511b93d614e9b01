import type { Machine, Run } from '../model/run.js';
import type { GatewayBasis, RunBasis } from '../model/run-basis.js';

/** Everything besides the plan that decides what a cell's figures are. */
export interface Conditions extends Pick<Run, 'harness' | 'machine' | 'basis'> {
  engine: { name: string; version: string };
}

/** Of {@link Machine}: what makes figures differ. A host name and limits that only allow a run or don't do not. */
const MACHINE_FIELDS: readonly (keyof Machine)[] = [
  'cpuModel',
  'cores',
  'threadsPerCore',
  'architecture',
  'kernel',
  'governor',
  'turboEnabled',
  'clockSource',
  'virtualisation',
  'cgroupCpuMax',
  'cgroupMemoryMax',
];
/** A kernel keeps some memory for itself, not the same amount at each start. */
const MEMORY_TOLERANCE = 0.02;

/** What an accepted change makes the run's conditions from then on. */
export function latestConditions(run: Run): Conditions {
  return run.changes.at(-1)?.conditions ?? run;
}

/**
 * What has changed since a run was begun, a line each; none where its cells still compare.
 * @param measured labels of the gateways that have results: a definition may change as long as nothing was measured with it
 */
export function runChanges(before: Conditions, now: Conditions, measured: ReadonlySet<string>): string[] {
  return [
    ...changesOf('gatebench', before.harness, now.harness, ['version', 'commit', 'dirty', 'node'], {
      dirty: 'uncommitted changes',
      node: 'Node',
    }),
    ...changesOf('engine', before.engine, now.engine, ['name', 'version']),
    ...changesOf('machine', before.machine, now.machine, MACHINE_FIELDS),
    ...memoryChange(before.machine, now.machine),
    ...(before.basis === null || now.basis === null ? [] : basisChanges(before.basis, now.basis, measured)),
  ];
}

function changesOf<T extends object>(
  what: string,
  before: T,
  now: T,
  fields: readonly (keyof T & string)[],
  names: Partial<Record<keyof T & string, string>> = {},
): string[] {
  return fields
    .filter((field) => before[field] !== now[field])
    .map((field) => `${what}: ${names[field] ?? field} was ${before[field]}, is ${now[field]}`);
}

function memoryChange({ memoryBytes: before }: Machine, { memoryBytes: now }: Machine): string[] {
  return Math.abs(now - before) <= MEMORY_TOLERANCE * before ? [] : [`machine: memoryBytes was ${before}, is ${now}`];
}

function basisChanges(before: RunBasis, now: RunBasis, measured: ReadonlySet<string>): string[] {
  const scenario =
    before.scenario.sha256 === now.scenario.sha256
      ? []
      : [`scenario ${before.scenario.source}: its file has changed; the run goes on with its copy`];
  const gateways = Object.entries(before.gateways)
    .filter(([label]) => measured.has(label))
    .flatMap(([label, basis]) => {
      const current = now.gateways[label];
      return current === undefined ? [] : gatewayChanges(basis, current).map((change) => `gateway ${label}: ${change}`);
    });
  return [...scenario, ...gateways];
}

function gatewayChanges(before: GatewayBasis, now: GatewayBasis): string[] {
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(now.files)])].sort();
  const files = paths.flatMap((path) => {
    const [then, current] = [before.files[path], now.files[path]];
    if (then === current) return [];
    return `${path} ${then === undefined ? 'is new' : current === undefined ? 'is gone' : 'has changed'}`;
  });
  // What is gone is skipped as such, and what wasn't there was not measured.
  const both = before.installed !== null && now.installed !== null;
  return [
    ...(before.manifestSha256 === now.manifestSha256 ? [] : ['gateway.yaml has changed']),
    ...files,
    ...(both && before.installed !== now.installed ? [`installed was ${before.installed}, is ${now.installed}`] : []),
  ];
}
