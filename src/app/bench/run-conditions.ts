import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../../lib/errors.js';
import { harnessVersion } from '../../lib/harness-version.js';
import { describeMachine } from '../../lib/machine.js';
import { runClock } from '../../lib/run-clock.js';
import { type CellRecord, isFinished } from '../../model/record.js';
import { gatewayLabel } from '../../model/resolved-gateway.js';
import type { Run } from '../../model/run.js';
import type { RunBasis } from '../../model/run-basis.js';
import { type Conditions, latestConditions, runChanges } from '../../plan/run-changes.js';
import type { InstalledGateway } from '../../run/run-plan.js';
import { gatewayBasis, sha256OfJson } from '../../store/gateway-basis.js';
import { readReplay } from '../../store/replay.js';
import type { RunFolder } from '../../store/run-folder.js';
import { findScenario } from '../../store/scenarios.js';
import type { RunContext } from './resolve-machines.js';
import type { RunPlan } from './resolve-run.js';

/** What cells are measured with now. @param scenario its source and hash */
export async function currentConditions(plan: RunPlan, scenario: RunBasis['scenario'] | null): Promise<Conditions> {
  const gateways: RunBasis['gateways'] = {};
  for (const [label, installed] of plan.installed) {
    gateways[label] = await gatewayBasis(installed.gateway, installedAs(installed));
  }
  return {
    harness: await harnessVersion(),
    machine: describeMachine(),
    engine: { name: plan.engine.name, version: plan.engine.version },
    basis: scenario === null ? null : { scenario, gateways },
  };
}

/** @param source name or file */
export async function scenarioBasis(source: string, scenarios: string): Promise<RunBasis['scenario']> {
  const scenario = await findScenario(scenarios, source);
  const replayed = await readReplay(scenarios, source, scenario);
  const sha256 = sha256OfJson(replayed.length === 0 ? scenario : { scenario, replayed });
  const isName = !source.includes('/') && existsSync(join(scenarios, `${source}.yaml`));
  // A later process may be started in another folder.
  return { source: isName ? source : resolve(source), sha256 };
}

function installedAs({ receipt, runtime }: InstalledGateway): string | null {
  if (runtime?.kind === 'container') return runtime.imageId;
  return receipt === null ? null : `${receipt.reportedVersion}, recipe ${receipt.recipeSha256.slice(0, 12)}`;
}

/**
 * Make sure that what is measured from here on compares with what was measured before, or note in the run where it
 * doesn't.
 * @throws UsageError that names every change, unless changes are accepted
 */
export async function checkConditions(
  folder: RunFolder,
  records: readonly CellRecord[],
  plan: RunPlan,
  { acceptChanges }: { acceptChanges: boolean },
  context: RunContext,
): Promise<void> {
  const { run } = folder;
  const finished = records.filter((record) => isFinished(record) && record.outcome.kind !== 'skipped');
  const now = await currentConditions(plan, await scenarioNow(run, context));
  if (run.basis === null) context.status('this run was made before it was kept what gateways and scenario were like');
  const measured = new Set(finished.map(({ cell }) => gatewayLabel({ name: cell.gateway, variant: cell.variant })));
  const changed = runChanges(latestConditions(run), now, measured);
  if (changed.length === 0 || finished.length === 0) return folder.noteConditions(now);
  const list = changed.map((change) => `\n  ${change}`).join('');
  if (!acceptChanges) {
    throw new UsageError(
      `${run.id} was begun under other conditions, and its cells would not compare:${list}`,
      'undo that, start a new run, or pass --accept-changes: the report then says which cells were measured after it',
    );
  }
  context.status(`accepted changes:${list}`);
  const at = runClock.now();
  await folder.noteChange({ at, changed, cellsBefore: finished.map(({ cell }) => cell.id), conditions: now });
}

/** The scenario as it is now; as it was where its file is gone: the run has a copy, which is what is measured. */
async function scenarioNow({ basis }: Run, { roots }: RunContext): Promise<RunBasis['scenario'] | null> {
  if (basis === null) return null;
  return scenarioBasis(basis.scenario.source, roots.scenarios).catch(() => basis.scenario);
}
