import { expectationsOf } from '../analysis/expectations.js';
import type { RunningGateway } from '../gateway/gateway-driver.js';
import { CleanupStack } from '../lib/cleanup-stack.js';
import { StorageError } from '../lib/errors.js';
import { sleep } from '../lib/sleep.js';
import { NO_LAUNCH_CHANGE } from '../model/launch-overrides.js';
import type { CellRecord, Stage } from '../model/record.js';
import { dialectsOf } from '../plan/dialects.js';
import { needsFullContract } from '../plan/request-needs.js';
import { calibrationNow } from './cell-calibration.js';
import { type CellDependencies, type CellInput, certificateOf } from './cell-context.js';
import { failedOutcome, outcomeOf } from './cell-outcome.js';
import { CellProfile } from './cell-profile.js';
import { blankRecord, judgeCell, recordEnd, recordLoad, recordResources, recordStop } from './cell-record.js';
import { CellSampling } from './cell-sampling.js';
import { CellUpstreams } from './cell-upstreams.js';
import { attachedHint, requireAskedIn, verifyResponses } from './chat-request.js';
import { checkKeys } from './client-keys.js';
import { loadShape, spreadOf } from './load-shape.js';
import { cellRequests, requestsOfLoad } from './request/cell-requests.js';
import { watchLoad } from './watch-load.js';

/**
 * Measure one cell: preflight, mock, gateway, ready, verify, idle, load, stop, and the profile of a profiled cell; and
 * the machine's speed before and after. An error becomes the record's outcome; whatever was started is stopped in reverse order.
 * @returns the record, not yet written
 * @throws the signal's reason if the run is interrupted, StorageError if files can't be written: there is no record then
 */
export async function runCell(input: CellInput, deps: CellDependencies): Promise<CellRecord> {
  const { cell, scenario, gateway, folder, signal, onEvent } = input;
  const { load: plan } = scenario;
  const certificate = certificateOf(input, deps);
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
    if (deps.calibrator) record.calibration = { before: await calibrationNow(input, deps), after: null };

    enter('mock');
    const mock = await CellUpstreams.start(input, deps, cleanups);

    enter('start');
    const work = await deps.workDir();
    cleanups.add(() => work.remove());
    const launch = (await profile?.launch()) ?? NO_LAUNCH_CHANGE;
    running = await deps.gatewayDriver.start({
      gateway,
      receipt: input.receipt,
      installDir: input.installDir,
      upstream: mock.origin,
      secondUpstream: mock.secondOrigin,
      workDir: work.path,
      logFile: folder.gatewayLog,
      launch,
      cpus: deps.gatewayCpus,
      signal,
      ...(certificate && scenario.tls ? { tls: { ...scenario.tls, certificate } } : {}),
      ...(deps.listen === undefined ? {} : { listen: deps.listen }),
    });
    cleanups.add(running.stop);
    if (profile) cleanups.add(() => profile.kill());
    record.gateway.configSha256 = running.configSha256;

    enter('ready');
    await running.ready(signal);

    enter('verify');
    const sources = { seed: deps.mock.seed, replayed: deps.replayed, answersKnown: !mock.external };
    const requests = cellRequests(scenario, gateway.request, gateway.response, running.headers, sources);
    const { retryForS } = gateway.response;
    const gone = () => running?.exit() !== null;
    const asking = { timeoutS: plan.timeoutS, ca: certificate?.ca, signal };
    const answers = await verifyResponses(running.origin, requests, {
      ...asking,
      retryForS,
      gone,
      ...(gateway.kind === 'attached' ? { hint: attachedHint(mock) } : {}),
    });
    if (answers.length > 0) record.answers = answers;
    if (gateway.kind !== 'direct' && needsFullContract(scenario)) {
      await requireAskedIn(mock, dialectsOf(scenario).upstream);
    }
    const keyed = await checkKeys(scenario.request.keys, running.origin, requestsOfLoad(requests), asking);

    enter('idle');
    let enginePids: () => number[] = () => [];
    const sampling = new CellSampling(
      deps.sampler,
      { gateway: running.pids, services: running.servicePids, mock: mock.pids, engine: () => enginePids() },
      folder,
      plan.idleS + plan.warmupS,
    );
    cleanups.add(() => sampling.stop());
    await sleep(plan.idleS * 1000, signal);

    enter('load');
    const before = await mock.readings();
    sampling.enter('warmup');
    const gatewayUnderLoad = running;
    const window = { warmupS: plan.warmupS, durationS: plan.durationS, timeoutS: plan.timeoutS };
    const load = await deps.engine.start(
      {
        origin: running.origin,
        ...(certificate ? { caFile: certificate.caFile } : {}),
        ...requestsOfLoad(requests),
        ...window,
        ...spreadOf(scenario),
        ...loadShape(scenario, cell, deps.mock.seed, deps.replayed),
        ...keyed,
      },
      (progress) => onEvent({ type: 'load', cell, progress }),
    );
    enginePids = load.pids;
    let windowStartedAt: string | null = null;
    void load.windowStarted
      .then(async (epochMs) => {
        windowStartedAt = new Date(epochMs).toISOString();
        sampling.enterWindow(epochMs);
        profile?.begin(gatewayUnderLoad, plan.durationS, signal, (status) =>
          onEvent({ type: 'profile', cell, status }),
        );
        await Promise.all([mock.resetStats(), sampling.sampleNow()]);
      })
      .catch(() => {});
    const end = await watchLoad(load, running, mock, signal);
    const endedAt = {
      phase: sampling.phase === 'window' ? ('window' as const) : ('warmup' as const),
      atS: sampling.phaseS,
    };
    sampling.enter('recovery');
    if (end.kind === 'complete') await profile?.end();
    record.mock = mock.report(before, await mock.readings());
    if (end.load) {
      recordLoad(record, end.load, { warmupS: plan.warmupS, durationS: plan.durationS, startedAt: windowStartedAt });
    }
    if (end.kind === 'complete') await sleep(plan.recoveryS * 1000, signal);

    enter('stop');
    await sampling.stop();
    recordResources(record, sampling.samples, end.load);
    record.outcome = await outcomeOf(end, running, endedAt, (measured) =>
      judgeCell(record, measured, mock.external === true, expectationsOf(scenario)),
    );
    const stopped = await running.stop();
    if (record.outcome.kind === 'ok' || record.outcome.kind === 'invalid') {
      recordStop(record, stopped);
      if (profile) {
        enter('profile');
        await profile.collect(record);
      }
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // If records can't be written, there is no point in continuing.
    if (error instanceof StorageError) throw error;
    record.outcome = await failedOutcome(stage, error, running);
  } finally {
    await cleanups.run();
  }
  // Once everything is stopped, as before anything was started.
  if (record.calibration && record.window) record.calibration.after = await calibrationNow(input, deps);
  recordEnd(record);
  return record;
}
