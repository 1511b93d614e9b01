import { randomInt } from 'node:crypto';
import type { AttachedSubject } from '../../gateway/attached-gateway.js';
import { UsageError } from '../../lib/errors.js';
import { descriptorLimit } from '../../lib/machine.js';
import type { Engine } from '../../load/engine.js';
import type { Cell } from '../../model/cell.js';
import type { ReplayedRequest } from '../../model/replay.js';
import { gatewayLabel, type ResolvedGateway } from '../../model/resolved-gateway.js';
import type { PlannedGateway, RemoteLoad, Run } from '../../model/run.js';
import type { Scenario } from '../../model/scenario.js';
import { chooseGateways } from '../../plan/choose-gateways.js';
import { runSeconds } from '../../plan/estimate.js';
import { expandCells } from '../../plan/expand.js';
import { overrideScenario } from '../../plan/override.js';
import { withRecordedRate } from '../../plan/recorded-rate.js';
import { definedLabel, withSecondLabel } from '../../plan/second-label.js';
import type { Profilers } from '../../profilers/profilers.js';
import type { InstalledGateway } from '../../run/run-plan.js';
import { readGatewaySets } from '../../store/gateway-sets.js';
import { allVariants, findGateway, readGateways, type StoredGateway } from '../../store/gateways.js';
import { readReplay } from '../../store/replay.js';
import { findScenario } from '../../store/scenarios.js';
import { externalUpstream } from '../../upstream/external-upstream.js';
import type { UpstreamDriver } from '../../upstream/upstream-driver.js';
import { requireSound } from '../check/check-gateways.js';
import { profilersHere } from '../flame/available-profilers.js';
import { resolveAttached } from './attached-gateway.js';
import { fittedGateway, readinessFor, requireEngineFits, requireLoadModel } from './fit-scenario.js';
import { gatewayPresence, type Presence } from './gateway-presence.js';
import { loadPriorityFor } from './load-priority.js';
import { placementFor } from './placement.js';
import { connectionsOf, firstWindows, resolveCapacity, withDirect } from './plan-capacity.js';
import { planProfiles } from './plan-profiles.js';
import { besideDirect, requestedGateways } from './requested-gateways.js';
import { type ResolvedEngine, type RunContext, resolveEngine, resolveUpstream } from './resolve-machines.js';
import type { RunRequest } from './run-request.js';
import { requireDemands, requireNoTls, requireOwnUpstream } from './scenario-demands.js';

/**
 * A run with every question answered: what run.json records of it, and what this machine has for it. It is printed by
 * `plan` and executed by `bench`; neither looks anything up again.
 */
export interface RunPlan
  extends Pick<
    Run,
    | 'scenario'
    | 'placement'
    | 'loadPriority'
    | 'runtime'
    | 'calibration'
    | 'seed'
    | 'until'
    | 'capacity'
    | 'aa'
    | 'attached'
    | 'gateways'
    | 'cells'
    | 'flame'
  > {
  engine: Engine;
  /** Why the engine can't run; null where it can. */
  engineUnavailable: ResolvedEngine['unavailable'];
  remoteLoad: RemoteLoad | null;
  upstream: UpstreamDriver;
  /** Null where it is this machine. */
  upstreamHost: string | null;
  profilers: Profilers;
  /** The requests of the scenario's file; empty where it replays none. */
  replayed: readonly ReplayedRequest[];
  /** The planned gateways as they are installed now, by label. */
  installed: ReadonlyMap<string, InstalledGateway>;
}

/** Resolve what was asked for. @throws UsageError for anything that can't be run as asked */
export async function resolveRun(request: RunRequest, context: RunContext): Promise<RunPlan> {
  const { runtime, remoteLoad, upstreamHost } = request;
  const { roots } = context;
  const placement = placementFor(request.pin, { remoteLoad, upstreamHost, attached: request.attached !== null });
  const attached = request.attached === null ? null : await resolveAttached(request.attached, request.mockPort);
  const loadPriority = await loadPriorityFor(request.loadPriority, placement, upstreamHost);
  const defined = overrideScenario(await findScenario(roots.scenarios, request.scenario), request.overrides);
  const replayed = await readReplay(roots.scenarios, request.scenario, defined);
  const scenario = withRecordedRate(defined, replayed);
  requireDescriptors(connectionsOf(scenario, request.capacity?.max), descriptorLimit());
  const stored = await readGateways(roots.gateways);
  const variants = allVariants(stored);
  const asked =
    attached === null
      ? requestedGateways(request.gateways, stored, await readGatewaySets(roots.gateways, stored), scenario.variant)
      : besideDirect(attached, variants);
  const requested = withDirect(asked, variants, request.capacity);
  sayReplaced(requested, stored, context);
  const fallbacks = variants.filter((gateway) => gateway.kind === 'process' && gateway.fallback);
  const needed = [...requested, ...fallbacks.filter(({ name }) => requested.some((each) => each.name === name))];
  await requireSound(needed, stored, upstreamHost === null ? request.mockPort : null);
  const { engine, unavailable } = await resolveEngine(request.engine, remoteLoad, context);
  requireEngineFits(engine, scenario);
  requireDemands(scenario, engine.name);
  if (attached?.attached.upstream === 'external') requireOwnUpstream(scenario);
  if (attached !== null) requireNoTls(scenario, '--url');
  if (upstreamHost !== null) requireNoTls(scenario, '--upstream-host');
  const known = attached === null ? variants : [...variants, attached];
  const presences = await presencesOf(known, await gatewayPresence(runtime, roots));
  requireLoadModel(engine, scenario);
  const chosen = chooseGateways(requested, fallbacks, (gateway) =>
    readinessFor(scenario, gateway, presenceIn(presences, gatewayLabel(gateway)).readiness),
  );
  const { gateways, aa } = request.aa === null ? { gateways: chosen, aa: null } : measuredTwice(chosen, variants);
  // run.json holds the seed as a JSON number; 2^31 keeps it readable.
  const seed = request.seed ?? randomInt(2 ** 31);
  const capacity = request.capacity && resolveCapacity(request.capacity, gateways, requested, scenario);
  const planned = { scenario, gateways, seed };
  const profilers = profilersHere(roots);
  const profiles =
    request.flame === null
      ? { cells: [], flame: null }
      : await planProfiles(request.flame, scenario, gateways, gatewaysWithProcesses(known), profilers);
  return {
    scenario,
    placement,
    loadPriority,
    runtime,
    calibration: request.calibration,
    seed,
    until: request.until,
    ...(capacity && { capacity }),
    aa,
    attached: request.attached?.gateway ?? null,
    gateways,
    cells: [...(capacity ? firstWindows(planned, capacity) : expandCells(scenario, gateways, seed)), ...profiles.cells],
    flame: profiles.flame,
    engine,
    engineUnavailable: unavailable,
    remoteLoad,
    upstream:
      attached?.attached.upstream === 'external' ? externalUpstream : await resolveUpstream(upstreamHost, context),
    upstreamHost,
    profilers,
    replayed,
    installed: installedGateways({ gateways, aa }, finder(stored, attached), presences, scenario),
  };
}

/** A name that means something else than elsewhere must not go unseen. */
function sayReplaced(
  requested: readonly ResolvedGateway[],
  stored: ReadonlyMap<string, StoredGateway>,
  { status }: RunContext,
): void {
  for (const name of new Set(requested.map((gateway) => gateway.name))) {
    const { folder, replaces = null } = stored.get(name) ?? {};
    if (replaces !== null) status(`${name}: ${folder} is used instead of ${replaces}`);
  }
}

/** Resolve the rest of a run as it was planned. @throws UsageError if its gateways are unknown now */
export async function resolvePlannedRun(run: Run, context: RunContext): Promise<RunPlan> {
  const { scenario, placement, loadPriority, runtime, calibration, seed, until, capacity, aa, gateways, cells, flame } =
    run;
  const mockPort = run.settings?.mockPort ?? null;
  const attached =
    run.attached === null
      ? null
      : await resolveAttached({ gateway: run.attached, headers: context.headers ?? {} }, mockPort);
  const remoteLoad = run.engine.remote ?? null;
  const upstreamHost = run.upstreamHost ?? null;
  const { engine, unavailable } = await resolveEngine(run.engine.name, remoteLoad, context);
  const stored = await readGateways(context.roots.gateways);
  const find = finder(stored, attached);
  const planned = gateways.map((gateway) => find(definedLabel({ aa }, labelOf(gateway))));
  await requireSound(planned, stored, upstreamHost === null ? mockPort : null);
  const presences = await presencesOf(planned, await gatewayPresence(runtime, context.roots));
  return {
    scenario,
    placement,
    loadPriority,
    runtime,
    calibration,
    seed,
    until,
    ...(capacity && { capacity }),
    aa,
    attached: run.attached,
    gateways,
    cells,
    flame,
    engine,
    engineUnavailable: unavailable,
    remoteLoad,
    upstream: run.attached?.upstream === 'external' ? externalUpstream : await resolveUpstream(upstreamHost, context),
    upstreamHost,
    profilers: profilersHere(context.roots),
    replayed: await readReplay(context.roots.scenarios, run.basis?.scenario.source ?? scenario.name, scenario),
    installed: installedGateways({ gateways, aa }, find, presences, scenario),
  };
}

/** Cells whose gateway can run. */
export function measurableCells({ cells, gateways }: Pick<RunPlan, 'cells' | 'gateways'>): Cell[] {
  const running = new Set(gateways.filter(({ skip }) => skip === null).map(labelOf));
  return cells.filter((cell) => running.has(labelOf(cell)));
}

/** How long a plan takes. */
export function estimatedSeconds(plan: RunPlan): number {
  return runSeconds(plan, measurableCells(plan));
}

/** What a label means in a run: first of all the gateway that runs already. */
function finder(stored: Map<string, StoredGateway>, attached: AttachedSubject | null) {
  return (label: string): ResolvedGateway =>
    attached !== null && gatewayLabel(attached) === label ? attached : findGateway(stored, label);
}

type Presences = ReadonlyMap<string, Presence>;

async function presencesOf(
  gateways: readonly ResolvedGateway[],
  presenceOf: (gateway: ResolvedGateway) => Promise<Presence>,
): Promise<Presences> {
  const presences = new Map<string, Presence>();
  for (const gateway of gateways) presences.set(gatewayLabel(gateway), await presenceOf(gateway));
  return presences;
}

function presenceIn(presences: Presences, label: string): Presence {
  const presence = presences.get(label);
  if (presence === undefined) throw new Error(`the presence of ${label} was not resolved`);
  return presence;
}

function gatewaysWithProcesses(variants: readonly ResolvedGateway[]) {
  const byLabel = new Map(variants.map((gateway) => [gatewayLabel(gateway), gateway]));
  return (label: string) => {
    const gateway = byLabel.get(label);
    return gateway === undefined || gateway.kind === 'direct' ? null : gateway;
  };
}

function installedGateways(
  { gateways: planned, aa }: Pick<RunPlan, 'gateways' | 'aa'>,
  find: (label: string) => ResolvedGateway,
  presences: Presences,
  scenario: Scenario,
): ReadonlyMap<string, InstalledGateway> {
  return new Map(
    planned.map((each) => {
      const label = labelOf(each);
      const defined = definedLabel({ aa }, label);
      const { readiness: present, ...found } = presenceIn(presences, defined);
      const gateway = find(defined);
      const readiness = readinessFor(scenario, gateway, present);
      const skip = readiness.ready ? null : { reason: readiness.reason, hint: readiness.hint };
      return [label, { gateway: fittedGateway(scenario, gateway), ...found, skip }];
    }),
  );
}

function labelOf({ gateway, variant }: { gateway: string; variant: string }): string {
  return gatewayLabel({ name: gateway, variant });
}

/** A gateway holds two sockets a VU, and opens files of its own. */
const DESCRIPTORS_PER_VU = 2;
const DESCRIPTORS_BESIDE = 200;

/** Open files that the busiest process of a run needs. */
export function descriptorsNeeded(vus: number): number {
  return vus * DESCRIPTORS_PER_VU + DESCRIPTORS_BESIDE;
}

/** The one gateway of an A/A run, under two labels. @throws UsageError for the direct baseline */
function measuredTwice(chosen: readonly PlannedGateway[], variants: readonly ResolvedGateway[]) {
  const [planned] = chosen;
  if (planned === undefined || chosen.length > 1) throw new Error('an A/A run has one gateway');
  const own = variants.filter(({ name }) => name === planned.gateway);
  if (own.some(({ kind }) => kind === 'direct')) {
    throw new UsageError(
      `--aa ${planned.gateway}: there is no gateway in it, and no report compares it`,
      'name a gateway, such as --aa nginx',
    );
  }
  return withSecondLabel(
    planned,
    own.map(({ variant }) => variant),
  );
}

function requireDescriptors(vus: number, limit: number | null): void {
  const needed = descriptorsNeeded(vus);
  if (limit === null || needed <= limit) return;
  const possible = Math.floor((limit - DESCRIPTORS_BESIDE) / DESCRIPTORS_PER_VU);
  throw new UsageError(
    `${vus} VUs need ${needed} open files per process (the gateway holds two sockets per VU), and the limit is ${limit}`,
    `raise it (ulimit -n ${needed}), or use at most ${possible} VUs`,
  );
}
