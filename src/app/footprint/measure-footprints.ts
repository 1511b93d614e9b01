import { withFootprints } from '../../analysis/footprint.js';
import { hostResources } from '../../analysis/host-resources.js';
import { localDriver } from '../../gateway/drivers.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import { folderSize } from '../../lib/folder-size.js';
import { harnessVersion } from '../../lib/harness-version.js';
import { describeMachine } from '../../lib/machine.js';
import { dropPageCaches } from '../../lib/page-caches.js';
import { runClock } from '../../lib/run-clock.js';
import { workFolder } from '../../lib/temporary-folder.js';
import type { GatewayFootprint, GatewayStartTime, InstalledSize, PageCaches } from '../../model/footprint.js';
import type { Sample } from '../../model/resources.js';
import type { Scenario } from '../../model/scenario.js';
import { coldStart } from '../../run/cold-start.js';
import { HostSampler } from '../../sampling/host-sampler.js';
import { readFootprints, writeFootprints } from '../../store/footprints.js';
import { MockProcessDriver } from '../../upstream/local-mock.js';
import type { PresentGateway } from './choose.js';

export interface FootprintRequest {
  gateways: readonly PresentGateway[];
  /** Of each gateway. */
  starts: number;
  pageCaches: PageCaches;
  /** Where the request is from. */
  scenario: Scenario;
  mockPort: number;
}

/** Takes what happens, as it does. */
export interface FootprintEvents {
  onSize(gateway: PresentGateway, size: InstalledSize | null): void;
  /** @param index of all starts; null for one that only warms the caches */
  onStart(gateway: PresentGateway, index: number | null, start: GatewayStartTime): void;
  onFailure(gateway: PresentGateway, error: ExpectedError): void;
}

export interface FootprintResult {
  footprints: GatewayFootprint[];
  failures: { gateway: string; error: string; hint: string | null }[];
}

/**
 * Measure the installed size of gateways, and how long each takes from its start to its first right response. In rounds, so that
 * what changes on the machine meanwhile is shared by all. A gateway that can't be started has no further rounds.
 * @throws the signal's reason if it aborts
 */
export async function measureFootprints(
  request: FootprintRequest,
  events: FootprintEvents,
  signal: AbortSignal,
): Promise<FootprintResult> {
  const { gateways, pageCaches, starts } = request;
  const sizes = new Map<PresentGateway, InstalledSize | null>();
  for (const gateway of gateways) {
    // The folder of a program of the user's own holds its receipt alone.
    const size = gateway.receipt.method === 'existing' ? null : await folderSize(gateway.installDir);
    sizes.set(gateway, size);
    events.onSize(gateway, size);
  }
  const times = new Map<PresentGateway, GatewayStartTime[]>(gateways.map((gateway) => [gateway, []]));
  const failures: FootprintResult['failures'] = [];
  const firstRound = pageCaches.kind === 'warm' ? 0 : 1;
  let index = 0;
  for (let round = firstRound; round <= starts; round += 1) {
    for (const [gateway, measured] of times) {
      signal.throwIfAborted();
      try {
        const start = await startOnce(gateway, request, signal);
        if (round > 0) measured.push(start);
        events.onStart(gateway, round === 0 ? null : index++, start);
      } catch (error) {
        if (signal.aborted || !(error instanceof ExpectedError)) throw error;
        times.delete(gateway);
        failures.push({ gateway: gateway.label, error: error.message, hint: error.hint ?? null });
        events.onFailure(gateway, error);
      }
    }
  }
  const about = await conditions();
  const footprints = [...times].map(([present, measured]) => ({
    gateway: present.gateway.name,
    variant: present.gateway.variant,
    title: present.gateway.title,
    version: present.version,
    ...about,
    pageCaches,
    starts: measured,
    installed: sizes.get(present) ?? null,
  }));
  return { footprints, failures };
}

async function startOnce(
  present: PresentGateway,
  request: FootprintRequest,
  signal: AbortSignal,
): Promise<GatewayStartTime> {
  const { gateway, receipt, installDir } = present;
  const { scenario, mockPort, pageCaches } = request;
  const host = watchHost();
  const start = await coldStart(
    {
      gateway,
      receipt,
      installDir,
      scenario,
      dropCaches: pageCaches.kind === 'dropped' ? dropOrFail : null,
      signal,
    },
    { gatewayDriver: localDriver, mockDriver: new MockProcessDriver(), mockPort, workDir: workFolder },
  );
  return { ...start, otherCpuPercent: host.otherCpuPercent() };
}

/** From before the mock starts to after everything has ended: ticks of 10 ms say little of less. */
function watchHost() {
  const sampler = new HostSampler();
  const startedMs = performance.now();
  // Gateway and mock are below this process.
  const take = (): Sample => ({
    atS: (performance.now() - startedMs) / 1000,
    phase: 'window',
    gateway: null,
    services: null,
    mock: null,
    engine: null,
    host: sampler.sample({ gateway: [], others: [] }),
  });
  const before = take();
  return { otherCpuPercent: () => hostResources([before, take()])?.otherCpuPercentMean ?? null };
}

async function dropOrFail(): Promise<void> {
  try {
    await dropPageCaches();
  } catch (error) {
    throw new ExpectedError(
      `the page caches could not be dropped: ${messageOf(error)}`,
      'measure with warm ones: --warm',
      undefined,
      { cause: error },
    );
  }
}

async function conditions() {
  const { version, commit } = await harnessVersion();
  const { hostname, cpuModel, cores, architecture, kernel } = describeMachine();
  return {
    measuredAt: runClock.now(),
    harness: { version, commit },
    machine: { hostname, cpuModel, cores, architecture, kernel },
  };
}

/** Keep footprints in a folder, in place of older ones of the same gateways. @throws ExpectedError where it can't be written */
export async function keepFootprints(folder: string, added: readonly GatewayFootprint[]): Promise<void> {
  await writeFootprints(folder, withFootprints(await readFootprints(folder), added));
}
