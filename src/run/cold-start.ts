import type { GatewayDriver, RunningGateway } from '../gateway/gateway-driver.js';
import { CleanupStack } from '../lib/cleanup-stack.js';
import { diskReadBytes } from '../lib/disk-reads.js';
import { ExpectedError, messageOf } from '../lib/errors.js';
import { sleep } from '../lib/sleep.js';
import type { GatewayStartTime } from '../model/footprint.js';
import type { InstallReceipt } from '../model/install-method.js';
import { NO_LAUNCH_CHANGE } from '../model/launch-overrides.js';
import { gatewayLabel, type ProcessGateway } from '../model/resolved-gateway.js';
import type { Scenario } from '../model/scenario.js';
import type { UpstreamDriver } from '../upstream/upstream-driver.js';
import { type ChatRequest, chatRequest, wrongResponse } from './chat-request.js';
import { answerOfMock } from './request/expected-answer.js';

/** A gateway to start, and what to ask it. */
export interface ColdStart {
  gateway: ProcessGateway;
  receipt: InstallReceipt | null;
  installDir: string;
  scenario: Scenario;
  /** Called when all but the gateway runs; null where files stay in memory. */
  dropCaches: (() => Promise<void>) | null;
  signal: AbortSignal;
}

export interface ColdStartDependencies {
  gatewayDriver: GatewayDriver;
  mockDriver: UpstreamDriver;
  mockPort: number;
  /** Makes an empty folder for one start. */
  workDir(): Promise<{ path: string; remove(): Promise<void> }>;
}

/** A start by itself; what else the machine did is for who sees all of it. */
export type UndisturbedStart = Omit<GatewayStartTime, 'otherCpuPercent'>;

/** A provider's time is not the gateway's. */
const MOCK_LATENCY = '0ms';
/** A gateway is asked again after a hundredth of the time gone by: less than what starts differ by, and no load for a slow one. */
const ASK_AFTER_SHARE = 0.01;
const MIN_ASK_AFTER_MS = 1;
const LOG_LINES = 10;

/**
 * Start a gateway and ask it until a response is right, then stop it.
 * @throws ExpectedError with the end of its log where no response is right within its health check's time
 */
export async function coldStart(start: ColdStart, deps: ColdStartDependencies): Promise<UndisturbedStart> {
  const { gateway, scenario, signal } = start;
  const cleanups = new CleanupStack();
  let running: RunningGateway | null = null;
  try {
    deps.gatewayDriver.preflight(gateway);
    const work = await deps.workDir();
    cleanups.add(() => work.remove());
    const logs = await deps.workDir();
    cleanups.add(() => logs.remove());
    const mock = await deps.mockDriver.start(
      {
        port: deps.mockPort,
        latency: MOCK_LATENCY,
        streamChunkDelayMs: 0,
        models: gateway.upstream.models,
        processes: 1,
        seed: 1,
        realtime: false,
        logFile: `${logs.path}/mock.log`,
      },
      signal,
    );
    cleanups.add(() => mock.stop());
    await warmUp(mock.origin, start);
    await start.dropCaches?.();
    running = await deps.gatewayDriver.start({
      gateway,
      receipt: start.receipt,
      installDir: start.installDir,
      upstream: mock.origin,
      workDir: work.path,
      logFile: `${logs.path}/gateway.log`,
      launch: NO_LAUNCH_CHANGE,
      cpus: null,
      signal,
    });
    cleanups.add(running.stop);
    const request = chatRequest(scenario, gateway.request, running.headers);
    const time = await firstResponse(running, request, start);
    const readBytes = diskReadBytes(running.pids());
    // Whoever responded, it has to be this gateway's own processes, and healthy by its manifest.
    await running.ready(signal);
    return { ...time, readBytes };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw running === null ? error : await withLog(error, running);
  } finally {
    await cleanups.run();
  }
}

/** The first request of this process takes longer than the others. */
async function warmUp(upstream: string, { scenario, gateway, signal }: ColdStart): Promise<void> {
  const request = chatRequest(scenario, { ...gateway.request, path: '/v1/chat/completions' }, {});
  const expected = answerOfMock(scenario.request.stream, { object: 'required', retryForS: 0 });
  const error = await wrongResponse(upstream, request, { expected, timeoutS: scenario.load.timeoutS, signal });
  if (error !== null) throw error;
}

async function firstResponse(
  running: RunningGateway,
  request: ChatRequest,
  { gateway, scenario, signal }: ColdStart,
): Promise<Omit<UndisturbedStart, 'readBytes'>> {
  const { startedAtMs } = running;
  if (startedAtMs === null) throw new Error(`${gatewayLabel(gateway)} is no process of ours`);
  const expected = answerOfMock(scenario.request.stream, gateway.response);
  const how = { expected, timeoutS: scenario.load.timeoutS, signal };
  const limitMs = (gateway.process.health.timeoutS + gateway.response.retryForS) * 1000;
  let lastWrongMs = startedAtMs;
  for (let requests = 1; ; requests += 1) {
    const sentMs = performance.now();
    const error = await wrongResponse(running.origin, request, how);
    const takenMs = performance.now() - startedAtMs;
    if (error === null) {
      return { firstResponseS: takenMs / 1000, uncertaintyS: (sentMs - lastWrongMs) / 1000, requests };
    }
    // It says how the gateway ended.
    if (running.exit() !== null) await running.ready(signal);
    if (takenMs >= limitMs) {
      throw new ExpectedError(
        `${gatewayLabel(gateway)}: no response was right within ${limitMs / 1000} s of its start; the last one: ${error.message}`,
        error.hint,
      );
    }
    lastWrongMs = sentMs;
    await sleep(Math.max(MIN_ASK_AFTER_MS, takenMs * ASK_AFTER_SHARE), signal);
  }
}

async function withLog(error: unknown, running: RunningGateway): Promise<unknown> {
  if (!(error instanceof ExpectedError)) return error;
  const log = (await running.logTail()).slice(-LOG_LINES);
  const text = log.length === 0 ? '' : `\n${log.map((line) => `  ${line}`).join('\n')}`;
  return new ExpectedError(`${messageOf(error)}${text}`, error.hint, error.exitCode, { cause: error });
}
