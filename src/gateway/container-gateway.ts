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
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { findLostPort, originOf, waitForPortsFree, waitReady } from './readiness.js';
import {
  containerOverrides,
  containerVariables,
  createArguments,
  type RenderedContainer,
  renderContainer,
} from './render-container.js';
import { RunningContainer } from './running-container.js';
import { fillValues, overrideEnvironment, type TemplateVariables, templateVariables } from './template-variables.js';

/** How long the engine may take to deliver the last log lines of a container that has exited. */
const LOG_TIMEOUT_MS = 5_000;

/** Start a gateway in a container of this machine. It is not ready yet when this returns. */
export async function startContainerGateway(
  gateway: ProcessGateway,
  spec: ContainerSpec,
  engine: ContainerEngineName,
  start: GatewayStart,
): Promise<RunningGateway> {
  const variables = containerVariables(templateVariables(start));
  const plain = await renderContainer(gateway, spec, variables);
  const launch = containerOverrides(start.launch);
  const rendered = { ...plain, environment: overrideEnvironment(plain.environment, launch, variables) };
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
  let container: RunningContainer | null = null;
  try {
    await startContainer(engine, id);
    container = await RunningContainer.watch(engine, id, { init: rendered.init });
    const log = await followLog(engine, id, start);
    return watchGateway({ gateway, variables, container, log, configSha256: rendered.configSha256 });
  } catch (error) {
    await (container ? container.end(0) : removeContainer(engine, id));
    throw error;
  }
}

/** Copies the gateway's output from the engine to the log file for as long as the container runs. */
function followLog(engine: ContainerEngineName, id: string, start: GatewayStart): Promise<Child> {
  return startChild({
    command: engine,
    args: ['logs', '--follow', id],
    cwd: start.workDir,
    environment: definedEnvironment(),
    logFile: start.logFile,
  });
}

function watchGateway(parts: {
  gateway: ProcessGateway;
  variables: TemplateVariables;
  container: RunningContainer;
  log: Child;
  configSha256: string;
}): RunningGateway {
  const { gateway, variables, container, log } = parts;
  const pids = () => container.pids();
  const exit = () => container.exit();
  // What a container would need of a run's certificate isn't mounted, so it is never measured over TLS.
  const started = { gateway, variables, pids, exit, logTail: log.logTail, ca: null };
  const waitForLog = () =>
    Promise.race([log.exited, new Promise((resolve) => setTimeout(resolve, LOG_TIMEOUT_MS).unref())]);

  let stopped: Promise<StopReport> | null = null;
  const stopOnce = async (): Promise<StopReport> => {
    const graceful = await container.stop(gateway.process.stop.graceS);
    await waitForLog();
    await log.stop({ signal: 'SIGTERM', graceMs: 1_000 });
    await container.remove();
    return { graceful, portsFree: await waitForPortsFree(gateway) };
  };

  return {
    origin: originOf(started),
    configSha256: parts.configSha256,
    headers: fillValues(gateway.request.headers, variables),
    // Its engine does.
    startedAtMs: null,
    pids,
    servicePids: () => [],
    exited: container.exited,
    exit,
    async logTail() {
      if (exit()) await waitForLog();
      return log.logTail();
    },
    // Without a process it has exited, and the engine is about to report that with the reason.
    lostPort: () => (pids().length === 0 ? null : findLostPort(started)),
    async ready(signal) {
      container.requireReadable();
      await waitReady(started, signal);
    },
    stop() {
      stopped ??= stopOnce();
      return stopped;
    },
  };
}

/** Write the rendered files to be mounted. @returns path in the container to path here */
async function writeFiles(rendered: RenderedContainer, workDir: string): Promise<Map<string, string>> {
  const folder = join(workDir, 'mounts');
  await mkdir(folder, { recursive: true });
  const mounts = new Map<string, string>();
  for (const [target, content] of rendered.files) {
    const source = join(folder, String(mounts.size));
    await writeFile(source, content);
    // Readable for the image's user, whatever our umask.
    await chmod(source, 0o644);
    mounts.set(target, source);
  }
  return mounts;
}
