import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from '../lib/child.js';
import { descriptorLimit } from '../lib/machine.js';
import { definedEnvironment } from '../lib/process-environment.js';
import type { ContainerSpec } from '../model/container.js';
import { gatewayLabel, type ProcessGateway } from '../model/resolved-gateway.js';
import type { ContainerEngineName } from '../model/runtime.js';
import { createContainer, removeContainer, startContainer } from './container-engine.js';
import { ContainerLife } from './container-life.js';
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { fillHeaders, lostPortOf, originOf, portsReleased, waitReady } from './gateway-readiness.js';
import { launchEnvironment } from './launch-environment.js';
import { createArguments, insideValues, type RenderedContainer, renderContainer } from './rendered-container.js';
import { templateVariables } from './template-variables.js';

/** How long the engine may take to hand over the last log lines of a container that has ended. */
const LAST_LINES_MS = 5_000;

/** Start a gateway in a container of this machine. It is not ready yet when this returns. */
export async function startContainerGateway(
  gateway: ProcessGateway,
  spec: ContainerSpec,
  engine: ContainerEngineName,
  start: GatewayStart,
): Promise<RunningGateway> {
  const values = insideValues(templateVariables(start));
  const plain = await renderContainer(gateway, spec, values);
  const rendered = { ...plain, environment: launchEnvironment(plain.environment, start.launch, values) };
  const id = await createContainer(
    engine,
    createArguments(rendered, {
      engine,
      name: `gatebench-${gateway.name}-${randomBytes(4).toString('hex')}`,
      gateway: gatewayLabel(gateway),
      mounts: await writeFiles(rendered, start.workDir),
      cpus: start.cpus,
      stopSignal: gateway.process.stop.signal,
      descriptors: descriptorLimit(),
    }),
  );
  let life: ContainerLife | null = null;
  try {
    await startContainer(engine, id);
    life = await ContainerLife.of(engine, id, { init: rendered.init });
    const log = await followLog(engine, id, start);
    return runningContainer({ gateway, values, life, log, configSha256: rendered.configSha256 });
  } catch (error) {
    await (life ? life.end(0) : removeContainer(engine, id));
    throw error;
  }
}

/** The engine keeps what the gateway prints; its client copies it to the log, as long as the container runs. */
function followLog(engine: ContainerEngineName, id: string, start: GatewayStart): Promise<Child> {
  return startChild({
    command: engine,
    args: ['logs', '--follow', id],
    cwd: start.workDir,
    environment: definedEnvironment(),
    logFile: start.logFile,
  });
}

function runningContainer(parts: {
  gateway: ProcessGateway;
  values: Record<string, string>;
  life: ContainerLife;
  log: Child;
  configSha256: string;
}): RunningGateway {
  const { gateway, values, life, log } = parts;
  const pids = () => life.pids();
  const exit = () => life.exit();
  const started = { gateway, values, pids, exit };
  const logIsWhole = () =>
    Promise.race([log.exited, new Promise((resolve) => setTimeout(resolve, LAST_LINES_MS).unref())]);

  let stopped: Promise<StopReport> | null = null;
  const stopNow = async (): Promise<StopReport> => {
    const graceful = await life.stop(gateway.process.stop.graceS);
    await logIsWhole();
    await log.stop({ signal: 'SIGTERM', graceMs: 1_000 });
    await life.remove();
    return { graceful, portsFree: await portsReleased(gateway) };
  };

  return {
    origin: originOf(gateway),
    configSha256: parts.configSha256,
    headers: fillHeaders(gateway.request.headers, values),
    pids,
    exited: life.exited,
    exit,
    async logTail() {
      if (exit()) await logIsWhole();
      return log.logTail();
    },
    // Without any process its end has happened, and the engine is about to tell it, with the reason.
    lostPort: () => (pids().length === 0 ? null : lostPortOf(started)),
    async ready(signal) {
      life.requireReadable();
      await waitReady(started, signal);
    },
    stop() {
      stopped ??= stopNow();
      return stopped;
    },
  };
}

/** Write the rendered files where they can be mounted from. @returns path in the container to file here */
async function writeFiles(rendered: RenderedContainer, workDir: string): Promise<Map<string, string>> {
  const folder = join(workDir, 'mounts');
  await mkdir(folder, { recursive: true });
  const mounts = new Map<string, string>();
  for (const [target, content] of rendered.files) {
    const source = join(folder, String(mounts.size));
    await writeFile(source, content);
    // The image's user is seldom ours, whatever our umask says.
    await chmod(source, 0o644);
    mounts.set(target, source);
  }
  return mounts;
}
