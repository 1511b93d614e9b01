import type { GatewayDriver, RunningGateway } from '../gateway/gateway-driver.js';
import { CleanupStack } from '../lib/cleanup-stack.js';
import { StorageError } from '../lib/errors.js';
import { sleep } from '../lib/sleep.js';
import type { Engine } from '../load/engine.js';
import type { Cell } from '../model/cell.js';
import type { InstallReceipt } from '../model/install-method.js';
import { NO_LAUNCH_CHANGE } from '../model/launch-overrides.js';
import type { CellRecord, Stage } from '../model/record.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';
import type { Sample } from '../model/resources.js';
import type { GatewayRuntime } from '../model/runtime.js';
import type { Scenario } from '../model/scenario.js';
import type { Sampler } from '../sampling/sampler.js';
import type { CellFolder } from '../store/cell-folder.js';
import type { UpstreamDriver } from '../upstream/upstream-driver.js';
import { blankRecord } from './blank-record.js';
import type { OnRunEvent } from './cell-events.js';
import { failedOutcome, noteStop, outcomeOf } from './cell-outcome.js';
import { CellProfile, type Profiling } from './cell-profile.js';
import { CellTimeline } from './cell-timeline.js';
import { chatRequest } from './chat-request.js';
import { fillLoad, fillResources, judgeCell } from './fill-record.js';
import { watchLoad } from './load-watch.js';
import { verifyAnswer } from './verify.js';

/** The plug-ins and settings that every cell of a run shares. */
export interface CellDependencies {
  engine: Engine;
  gatewayDriver: GatewayDriver;
  mockDriver: UpstreamDriver;
  sampler: Sampler;
  mock: { port: number; processes: number; seed: number };
  /** Null where the run has no profiled cells. */
  profiling: Profiling | null;
  /** CPUs of the gateway, where it has its own; null for any. */
  gatewayCpus: string | null;
  /** Address for gateway and mock to listen on; 127.0.0.1 where absent. */
  listen?: string;
  /** Seconds of idle samples before the load, and of samples after it. */
  idleS: number;
  afterS: number;
  /** Makes an empty folder for one start of a gateway, and removes it. */
  workDir(): Promise<{ path: string; remove(): Promise<void> }>;
}

export interface CellInput {
  cell: Cell;
  scenario: Scenario;
  gateway: ResolvedGateway;
  receipt: InstallReceipt | null;
  installDir: string;
  /** A process where absent. */
  runtime?: GatewayRuntime;
  folder: CellFolder;
  signal: AbortSignal;
  onEvent: OnRunEvent;
}

/**
 * One measurement, straight through: preflight, mock, gateway, ready, verify, idle, load, stop, and the profile if it
 * is to have one. Whatever goes wrong
 * becomes the record's outcome; what was started is stopped in reverse order.
 * @returns the record, not yet written
 * @throws the signal's reason where the run is interrupted, and errors of the store: then there is no record
 */
export async function runCell(input: CellInput, deps: CellDependencies): Promise<CellRecord> {
  const { cell, scenario, gateway, folder, signal, onEvent } = input;
  const { load: plan, upstream } = scenario;
  const record = blankRecord(input, deps.engine);
  const cleanups = new CleanupStack();
  const profile = CellProfile.of(cell, gateway, deps.profiling, folder);
  let stage: Stage = 'preflight';
  let running: RunningGateway | null = null;
  const enter = (next: Stage) => {
    stage = next;
    signal.throwIfAborted();
    onEvent({ type: 'stage', cell, stage });
  };

  try {
    enter('preflight');
    deps.gatewayDriver.preflight(gateway);

    enter('mock');
    const listen = deps.listen === undefined ? {} : { listen: deps.listen };
    const mock = await deps.mockDriver.start(
      {
        port: deps.mock.port,
        // Without a gateway the load comes straight to it.
        ...(gateway.kind === 'direct' ? listen : {}),
        latency: upstream.latency,
        streamChunkDelayMs: upstream.streamChunkDelayMs,
        processes: deps.mock.processes,
        seed: deps.mock.seed,
        logFile: folder.mockLog,
      },
      signal,
    );
    cleanups.add(() => mock.stop());

    enter('start');
    const work = await deps.workDir();
    cleanups.add(() => work.remove());
    const launch = (await profile?.launch()) ?? NO_LAUNCH_CHANGE;
    running = await deps.gatewayDriver.start({
      gateway,
      receipt: input.receipt,
      installDir: input.installDir,
      upstream: mock.origin,
      workDir: work.path,
      logFile: folder.gatewayLog,
      launch,
      cpus: deps.gatewayCpus,
      ...listen,
    });
    cleanups.add(running.stop);
    if (profile) cleanups.add(() => profile.kill());
    record.gateway.configSha256 = running.configSha256;

    enter('ready');
    await running.ready(signal);

    enter('verify');
    const request = chatRequest(scenario, gateway.request, running.headers);
    await verifyAnswer(running.origin, request, cell.stream, plan.timeoutS, signal);

    enter('idle');
    const samples: Sample[] = [];
    const timeline = new CellTimeline(performance.now() + (deps.idleS + plan.warmupS) * 1000);
    let enginePids: () => number[] = () => [];
    let storeError: unknown = null;
    const sampler = deps.sampler.start(
      { gateway: running.pids, mock: mock.pids, engine: () => enginePids() },
      (raw) => {
        const sample = timeline.place(raw);
        samples.push(sample);
        try {
          folder.appendSample(sample);
        } catch (error) {
          storeError ??= error;
        }
      },
    );
    cleanups.add(() => sampler.stop());
    await sleep(deps.idleS * 1000, signal);

    enter('load');
    timeline.enter('warmup');
    const gatewayUnderLoad = running;
    const load = await deps.engine.start(
      { origin: running.origin, ...request, stream: cell.stream, ...plan, vus: cell.vus },
      (progress) => onEvent({ type: 'load', cell, progress }),
    );
    enginePids = load.pids;
    let windowStartedAt: string | null = null;
    void load.windowStarted
      .then(async (epochMs) => {
        windowStartedAt = new Date(epochMs).toISOString();
        timeline.windowBegan(performance.now() - (Date.now() - epochMs));
        profile?.begin(gatewayUnderLoad, plan.durationS, signal);
        await Promise.all([mock.resetStats(), sampler.sampleNow()]);
      })
      .catch(() => {});
    const loadStartedMs = performance.now();
    const end = await watchLoad(load, running, mock, signal);
    const endPhase = timeline.phase === 'window' ? 'window' : 'warmup';
    const endAtS = endPhase === 'window' ? timeline.atS(performance.now()) : (performance.now() - loadStartedMs) / 1000;
    timeline.enter('after');
    if (end.kind === 'complete') await profile?.end();
    const stats = await mock.stats();
    record.mock = {
      ...(mock.host === null ? {} : { host: mock.host }),
      latency: upstream.latency,
      processes: mock.processes,
      requests: stats?.requests ?? null,
      latenessUs: stats?.latenessUs ?? null,
      eventLoopUtilisation: stats?.eventLoopUtilisation ?? null,
    };
    if (end.load) {
      fillLoad(record, end.load, { warmupS: plan.warmupS, durationS: plan.durationS, startedAt: windowStartedAt });
    }
    if (end.kind === 'complete') await sleep(deps.afterS * 1000, signal);

    enter('stop');
    await sampler.stop();
    if (storeError) throw storeError;
    fillResources(record, samples, end.load);
    record.outcome = await outcomeOf(end, running, { phase: endPhase, atS: endAtS }, () => judgeCell(record, end.load));
    const stopped = await running.stop();
    if (record.outcome.kind === 'ok' || record.outcome.kind === 'invalid') {
      noteStop(record, stopped);
      if (profile) {
        enter('profile');
        await profile.collect(record);
      }
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Where records can't be written, there is no use in going on.
    if (error instanceof StorageError) throw error;
    record.outcome = await failedOutcome(stage, error, running);
  } finally {
    await cleanups.run();
  }
  record.endedAt = new Date().toISOString();
  return record;
}
