import { randomInt } from 'node:crypto';
import { installedReceipt, installFolder } from '../drivers/install/receipt.js';
import { UsageError } from '../lib/errors.js';
import { descriptorLimit } from '../lib/machine.js';
import type { Roots } from '../lib/roots.js';
import type { Engine } from '../load/engine.js';
import { engineNamed } from '../load/engines.js';
import type { Cell } from '../model/cell.js';
import { DEFAULT_VARIANT, gatewayLabel, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { Placement, PlannedGateway, Run } from '../model/run.js';
import type { Scenario } from '../model/scenario.js';
import { chooseGateways, type Readiness } from '../plan/choose-gateways.js';
import { expandCells } from '../plan/expand.js';
import { overrideScenario } from '../plan/override.js';
import type { InstalledGateway } from '../run/run-plan.js';
import { allVariants, findGateway, readGateways } from '../store/gateways.js';
import { findScenario } from '../store/scenarios.js';
import { planProfiles } from './flame-plan.js';
import type { CellOptions } from './options.js';
import { placementFor } from './placement.js';
import { profilersHere } from './profilers-here.js';

/** A run as it would be started now. */
export interface PlannedRun {
  scenario: Scenario;
  engine: Engine;
  placement: Placement;
  seed: number;
  gateways: PlannedGateway[];
  /** Those without a profiler first. */
  cells: Cell[];
  flame: Run['flame'];
}

/** Work out a run from the command line. @throws UsageError for anything that can't be run as asked */
export async function planRun(options: CellOptions, roots: Roots): Promise<PlannedRun> {
  const engine = engineNamed(options.engine);
  const placement = placementFor(options.pin);
  const scenario = overrideScenario(await findScenario(roots.scenarios, options.scenario), {
    vus: options.vus,
    durationS: options.duration,
    warmupS: options.warmup,
    repeats: options.repeats,
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
  const readiness = new Map<string, Readiness>();
  for (const gateway of variants) readiness.set(gatewayLabel(gateway), await readinessOf(gateway, roots));
  const gateways = chooseGateways(
    requested,
    variants.filter((gateway) => gateway.kind === 'process' && gateway.standsIn),
    (gateway) =>
      readiness.get(gatewayLabel(gateway)) ?? { ready: false, reason: 'unknown', remedy: 'choose another gateway' },
  );
  // run.json holds the seed as a JSON number; 2^31 keeps it readable.
  const seed = options.seed ?? randomInt(2 ** 31);
  const cells = expandCells(scenario, gateways, seed);
  const shared = { scenario, engine, placement, seed, gateways };
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
): Promise<Map<string, InstalledGateway>> {
  const stored = await readGateways(roots.gateways);
  const result = new Map<string, InstalledGateway>();
  for (const { gateway: name, variant } of planned) {
    const label = gatewayLabel({ name, variant });
    const gateway = findGateway(stored, label);
    const readiness = await readinessOf(gateway, roots);
    const skip = readiness.ready ? null : { reason: readiness.reason, remedy: readiness.remedy };
    if (gateway.kind === 'direct') {
      result.set(label, { gateway, receipt: null, installDir: '', skip });
      continue;
    }
    const found = await installedReceipt(roots.installs, gateway);
    result.set(label, {
      gateway,
      receipt: found.valid ? found.receipt : null,
      installDir: installFolder(roots.installs, gateway),
      skip,
    });
  }
  return result;
}

async function readinessOf(gateway: ResolvedGateway, roots: Roots): Promise<Readiness> {
  if (gateway.kind === 'direct') return { ready: true, version: null };
  const found = await installedReceipt(roots.installs, gateway);
  if (found.valid) return { ready: true, version: found.receipt.reportedVersion };
  return { ready: false, reason: found.reason, remedy: `gatebench setup ${gatewayLabel(gateway)}` };
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
