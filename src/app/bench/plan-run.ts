import { randomInt } from 'node:crypto';
import type { CellOptions } from '../../cli/options/cell-options.js';
import { UsageError } from '../../lib/errors.js';
import { descriptorLimit } from '../../lib/machine.js';
import type { Roots } from '../../lib/roots.js';
import type { Engine } from '../../load/engine.js';
import { engineNamed } from '../../load/engines.js';
import type { Cell } from '../../model/cell.js';
import { DEFAULT_VARIANT, gatewayLabel } from '../../model/resolved-gateway.js';
import type { Placement, PlannedGateway, Run } from '../../model/run.js';
import type { RuntimeName } from '../../model/runtime.js';
import type { Scenario } from '../../model/scenario.js';
import { chooseGateways } from '../../plan/choose-gateways.js';
import { expandCells } from '../../plan/expand.js';
import { overrideScenario } from '../../plan/override.js';
import type { InstalledGateway } from '../../run/run-plan.js';
import { allVariants, findGateway, readGateways } from '../../store/gateways.js';
import { findScenario } from '../../store/scenarios.js';
import { profilersHere } from '../flame/available-profilers.js';
import { gatewayPresence, type Presence } from './gateway-presence.js';
import type { OtherHosts } from './other-hosts.js';
import { placementFor } from './placement.js';
import { planProfiles } from './plan-profiles.js';

/** A run as it would be started now. */
export interface PlannedRun {
  scenario: Scenario;
  engine: Engine;
  placement: Placement;
  runtime: RuntimeName;
  seed: number;
  gateways: PlannedGateway[];
  /** Those without a profiler first. */
  cells: Cell[];
  flame: Run['flame'];
}

/** Work out a run from the command line. @throws UsageError for anything that can't be run as asked */
export async function planRun(options: CellOptions & OtherHosts, roots: Roots): Promise<PlannedRun> {
  const engine = engineNamed(options.engine);
  const placement = placementFor(options.pin, options);
  const scenario = overrideScenario(await findScenario(roots.scenarios, options.scenario), {
    vus: options.vus,
    durationS: options.duration,
    warmupS: options.warmup,
    repeats: options.repeats,
    idleS: options.idle,
    recoveryS: options.recovery,
    cooldownS: options.cooldown,
    upstreamLatency: options.upstreamLatency,
  });
  requireDescriptors(Math.max(...scenario.load.vus), descriptorLimit());
  const stored = await readGateways(roots.gateways);
  const variants = allVariants(stored);
  const requested =
    options.gateways === undefined || options.gateways.length === 0
      ? variants.filter(({ variant }) => variant === DEFAULT_VARIANT)
      : options.gateways.map((label) => findGateway(stored, label));
  const { runtime } = options;
  const presenceOf = await gatewayPresence(runtime, roots);
  const presences = new Map<string, Presence>();
  for (const gateway of variants) presences.set(gatewayLabel(gateway), await presenceOf(gateway));
  const gateways = chooseGateways(
    requested,
    variants.filter((gateway) => gateway.kind === 'process' && gateway.fallback),
    (gateway) =>
      presences.get(gatewayLabel(gateway))?.readiness ?? {
        ready: false,
        reason: 'unknown',
        hint: 'choose another gateway',
      },
  );
  // run.json holds the seed as a JSON number; 2^31 keeps it readable.
  const seed = options.seed ?? randomInt(2 ** 31);
  const cells = expandCells(scenario, gateways, seed);
  const shared = { scenario, engine, placement, runtime, seed, gateways };
  if (options.flame === undefined) return { ...shared, cells, flame: null };
  const processOf = (label: string) => {
    const gateway = findGateway(stored, label);
    return gateway.kind === 'process' ? gateway : null;
  };
  const profiles = await planProfiles(options.flame, scenario, gateways, processOf, profilersHere(roots));
  return { ...shared, cells: [...cells, ...profiles.cells], flame: profiles.flame };
}

/** The gateways of a run as they are installed now, by label. */
export async function installedGateways(
  planned: readonly PlannedGateway[],
  roots: Roots,
  runtime: RuntimeName,
): Promise<Map<string, InstalledGateway>> {
  const stored = await readGateways(roots.gateways);
  const presenceOf = await gatewayPresence(runtime, roots);
  const result = new Map<string, InstalledGateway>();
  for (const { gateway: name, variant } of planned) {
    const label = gatewayLabel({ name, variant });
    const gateway = findGateway(stored, label);
    const { readiness, ...found } = await presenceOf(gateway);
    const skip = readiness.ready ? null : { reason: readiness.reason, hint: readiness.hint };
    result.set(label, { gateway, ...found, skip });
  }
  return result;
}

/** A gateway holds two sockets a VU, and opens files of its own. */
const DESCRIPTORS_PER_VU = 2;
const DESCRIPTORS_BESIDE = 200;

/** Open files that the busiest process of a run needs. */
export function descriptorsNeeded(vus: number): number {
  return vus * DESCRIPTORS_PER_VU + DESCRIPTORS_BESIDE;
}

function requireDescriptors(vus: number, limit: number | null): void {
  const needed = descriptorsNeeded(vus);
  if (limit === null || needed <= limit) return;
  const possible = Math.floor((limit - DESCRIPTORS_BESIDE) / DESCRIPTORS_PER_VU);
  throw new UsageError(
    `${vus} VUs need ${needed} open files a process (two sockets a VU in the gateway), and the limit here is ${limit}`,
    `raise it (ulimit -n ${needed}), or use at most ${possible} VUs`,
  );
}
