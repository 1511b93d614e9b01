import { changesOf, machineChanges } from '../analysis/machine-changes.js';
import type { Run } from '../model/run.js';
import type { GatewayBasis, RunBasis } from '../model/run-basis.js';

/** Everything besides the plan that decides what a cell's figures are. */
export interface Conditions extends Pick<Run, 'harness' | 'machine' | 'basis'> {
  engine: { name: string; version: string };
}

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
    ...machineChanges(before.machine, now.machine),
    ...(before.basis === null || now.basis === null ? [] : basisChanges(before.basis, now.basis, measured)),
  ];
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
