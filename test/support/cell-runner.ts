import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localDriver } from '../../src/gateway/drivers.js';
import { listenersOf } from '../../src/lib/listeners.js';
import { workFolder } from '../../src/lib/temporary-folder.js';
import { DEFAULT_ENGINE, engineNamed } from '../../src/load/engines.js';
import type { Cell } from '../../src/model/cell.js';
import { GatewayManifest } from '../../src/model/gateway.js';
import type { InstallReceipt } from '../../src/model/install-method.js';
import type { ProfilerName } from '../../src/model/profiler.js';
import { type ResolvedGateway, resolveVariant } from '../../src/model/resolved-gateway.js';
import type { Scenario } from '../../src/model/scenario.js';
import type { CellDependencies, CellInput, RunEvent } from '../../src/run/cell-context.js';
import { runCell } from '../../src/run/run-cell.js';
import { procSampler } from '../../src/sampling/proc-sampler.js';
import { CellFolder } from '../../src/store/cell-folder.js';
import { MockProcessDriver } from '../../src/upstream/local-mock.js';
import { DIRECT, fakeManifest } from './fake-gateway.js';
import { freePort } from './free-port.js';

export const MOCK_PORT = await freePort();
export const GATEWAY_PORT = await freePort();

/** The real drivers, engine and sampler, with short waits. */
export function realDependencies(over: Partial<CellDependencies> = {}): CellDependencies {
  return {
    engine: engineNamed(DEFAULT_ENGINE),
    gatewayDriver: localDriver,
    mockDriver: new MockProcessDriver(),
    sampler: procSampler,
    calibrator: null,
    mock: { port: MOCK_PORT, processes: 1, seed: 1, realtime: false },
    replayed: [],
    profiling: null,
    gatewayCpus: null,
    workDir: workFolder,
    ...over,
  };
}

/** @param over of the manifest, beside its process */
export function fakeGateway(
  mode: string,
  process_: Record<string, unknown> = {},
  over: Record<string, unknown> = {},
): ResolvedGateway {
  const manifest = { ...fakeManifest('fake', GATEWAY_PORT, mode, process_), ...over };
  return resolveVariant(GatewayManifest.parse(manifest), 'default', '/');
}

export const directGateway = resolveVariant(GatewayManifest.parse(DIRECT), 'default', '/');

/** As if `setup` had installed this Node as the gateway's program. */
export const receipt: InstallReceipt = {
  schemaVersion: 2,
  gateway: 'fake',
  version: process.versions.node,
  reportedVersion: process.versions.node,
  reportedBy: 'node --version',
  method: 'existing',
  pinnedBy: 'nothing',
  entry: process.execPath,
  installedAt: '2026-01-01T00:00:00.000Z',
  seconds: 0,
  services: {},
  recipeSha256: '0'.repeat(64),
};

/** Run one cell; `onEvent` may meddle. */
export async function runOneCell(
  gateway: ResolvedGateway,
  scenario: Scenario,
  options: {
    onEvent?: (event: RunEvent) => void;
    signal?: AbortSignal;
    deps?: Partial<CellDependencies>;
    profiler?: ProfilerName;
    /** Of a real gateway; the fake ones are this Node. */
    installed?: { receipt: InstallReceipt; installDir: string };
    /** Looks at the cell's files before they are removed. */
    inspect?: (folder: CellFolder) => Promise<void>;
  } = {},
) {
  const parent = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  const cell: Cell = {
    id: `${gateway.name}-test`,
    gateway: gateway.name,
    variant: 'default',
    scenario: scenario.name,
    vus: scenario.load.vus[0] ?? 1,
    repeat: 1,
    stream: scenario.request.stream,
    profiler: options.profiler ?? null,
  };
  const folder = await CellFolder.begin(parent, cell.id);
  const input: CellInput = {
    cell,
    scenario,
    gateway,
    receipt: gateway.kind === 'process' ? (options.installed?.receipt ?? receipt) : null,
    installDir: options.installed?.installDir ?? '/',
    folder,
    signal: options.signal ?? new AbortController().signal,
    onEvent: options.onEvent ?? (() => {}),
  };
  try {
    const record = await runCell(input, realDependencies(options.deps));
    await options.inspect?.(folder);
    return record;
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Kill what listens on a port as soon as the window is under way. */
export function killInWindow(port: number): (event: RunEvent) => void {
  let done = false;
  return (event) => {
    if (done || event.type !== 'load' || event.progress.phase !== 'window') return;
    done = true;
    for (const pid of listenersOf(port)) process.kill(pid, 'SIGKILL');
  };
}
