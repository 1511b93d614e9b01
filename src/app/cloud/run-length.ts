import { formatDuration } from '../../lib/duration.js';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { CloudProvider } from '../../model/cloud.js';
import { levelCount } from '../../model/load-level.js';
import { cellSeconds } from '../../plan/estimate.js';
import { overrideScenario } from '../../plan/override.js';
import { readGatewaySets } from '../../store/gateway-sets.js';
import { readGateways } from '../../store/gateways.js';
import { findScenario } from '../../store/scenarios.js';
import { requestedGateways } from '../bench/requested-gateways.js';
import type { RunRequest } from '../bench/run-request.js';

/** Starting, preparing and installing: a guess, as docs/cloud.md says. */
const INSTALL_S = 15 * 60;

/**
 * How long a run takes on a machine that has all gateways, by the manifests and scenarios here.
 * @throws UsageError for a scenario or gateway that there isn't
 */
export async function estimateRunS(request: RunRequest, roots: Pick<Roots, 'gateways' | 'scenarios'>): Promise<number> {
  const scenario = overrideScenario(await findScenario(roots.scenarios, request.scenario), request.overrides);
  const stored = await readGateways(roots.gateways);
  const gateways = requestedGateways(request.gateways, stored, await readGatewaySets(roots.gateways, stored));
  const levels = levelCount(scenario.load);
  // As many as it may take.
  const repeats = request.until?.maxRepeats ?? scenario.load.repeats;
  const { flame } = request;
  const profiledLevels = flame === null ? 0 : flame.vus === 'lowest' ? 1 : flame.vus.length;
  const profiled = gateways.filter(({ kind }) => kind === 'process').length * profiledLevels;
  // Counted and not expanded: a mistyped --repeats makes more cells than there is memory for.
  return (
    ((request.aa === null ? 1 : 2) * gateways.length * levels * repeats + profiled) *
    cellSeconds({ scenario, calibration: request.calibration })
  );
}

/** The hours after which a machine that is made now removes itself; null where it doesn't. */
export function runLimitHours(
  { runLimit }: Pick<CloudProvider, 'runLimit'>,
  variables: Readonly<Record<string, unknown>>,
): number | null {
  if (runLimit === null) return null;
  const given = variables[runLimit.variable];
  return typeof given === 'number' ? given : runLimit.defaultHours;
}

/**
 * Refuse a run that a new machine would not live to the end of.
 * @throws UsageError with both times
 */
export function requireLongEnough(
  provider: Pick<CloudProvider, 'runLimit'>,
  variables: Readonly<Record<string, unknown>>,
  runS: number,
): void {
  const { runLimit } = provider;
  const hours = runLimitHours(provider, variables);
  if (runLimit === null || hours === null) return;
  const neededS = runS + INSTALL_S;
  if (neededS <= hours * 3600) return;
  const needed = Math.ceil(neededS / 3600);
  const less = 'measure less (-g, or --vus and --duration after --)';
  throw new UsageError(
    `the run takes about ${formatDuration(runS)}, after about ${formatDuration(INSTALL_S)} of installing, and the machine deletes itself after ${formatDuration(hours * 3600)} (${runLimit.variable})`,
    needed <= runLimit.maxHours ? `--var ${runLimit.variable}=${needed}, or ${less}` : less,
  );
}

/**
 * Refuse a run that a machine which is up will not live to the end of.
 * @param endsAt when it removes itself; null where it doesn't
 * @param nowMs milliseconds since 1970
 * @throws ExpectedError with both times
 */
export function requireTimeLeft(endsAt: string | null, runS: number, nowMs: number, name: string): void {
  if (endsAt === null) return;
  const leftS = (Date.parse(endsAt) - nowMs) / 1000;
  if (runS <= leftS) return;
  const left = leftS <= 0 ? 'has deleted itself by now' : `deletes itself in ${formatDuration(leftS)}`;
  throw new ExpectedError(
    `the run takes about ${formatDuration(runS)}, and the machine ${left} (at ${endsAt})`,
    `measure less (-g, or --vus and --duration after --), or make a new one: gatebench cloud down --name ${name}`,
  );
}
