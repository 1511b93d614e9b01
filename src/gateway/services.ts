import { chmod, chown, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Child, startChild } from '../lib/child.js';
import { ExpectedError } from '../lib/errors.js';
import { listenersOf } from '../lib/listeners.js';
import { LOOPBACK } from '../lib/machine.js';
import { pinnedCommand } from '../lib/pinned-command.js';
import { fillTemplate } from '../lib/placeholders.js';
import { cleanEnvironment } from '../lib/process-environment.js';
import { sleep, waitUntil } from '../lib/sleep.js';
import { userIds } from '../lib/user-ids.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import type { ServiceSpec } from '../model/service.js';
import { serviceInstallFolder, unpackedLibraries } from '../store/installs.js';
import { renderFiles, writeFiles } from './config-files.js';
import type { GatewayExit, GatewayStart } from './gateway-driver.js';
import { fillValues, serviceFolder } from './template-variables.js';

/** A service of a manifest with every placeholder filled. */
export interface RenderedService {
  name: string;
  /** "Redis of litellm", for messages. */
  label: string;
  workDir: string;
  prepare: string[][];
  command: string[];
  environment: Record<string, string>;
  files: Map<string, string>;
  port: number;
  readyCommand: string[] | null;
  readyTimeoutS: number;
  afterStart: string[][];
  user: string | null;
  stop: ServiceSpec['stop'];
}

/** The programs beside a gateway. */
export interface RunningServices {
  /** Living processes of all of them. */
  pids(): number[];
  /** Resolves when one of them ends; never without any. */
  readonly exited: Promise<GatewayExit>;
  /** Null while all of them run. */
  exit(): GatewayExit | null;
  /** Stop them, the last one first. @returns false where one had to be killed */
  stop(): Promise<boolean>;
}

/** Of one command that prepares a service; `initdb` takes some seconds on a slow disk. */
const STEP_TIMEOUT_MS = 120_000;
const READY_INTERVAL_MS = 100;
const LOG_LINES = 3;
/** The usual one, as for gateways. */
const UMASK = 0o022;

/** Fill the placeholders of a gateway's services. @throws ExpectedError where one isn't installed, or for an unknown placeholder */
export function renderServices(gateway: ProcessGateway, start: GatewayStart): Promise<RenderedService[]> {
  return Promise.all(
    Object.entries(gateway.services).map(([name, spec]) => renderService(gateway, { name, spec }, start)),
  );
}

async function renderService(
  gateway: ProcessGateway,
  { name, spec }: { name: string; spec: ServiceSpec },
  start: GatewayStart,
): Promise<RenderedService> {
  const receipt = start.receipt?.services[name];
  if (receipt === undefined) {
    throw new ExpectedError(
      `${spec.title} of ${gateway.name} is not installed`,
      `gatebench setup ${gateway.name} --force`,
    );
  }
  const workDir = serviceFolder(start.workDir, name);
  const variables = {
    entry: receipt.entry,
    install: serviceInstallFolder(start.installDir, name),
    folder: gateway.folder,
    work: workDir,
    port: String(spec.port),
    listen: LOOPBACK,
  };
  const libraries = receipt.method === 'deb-unpack' ? unpackedLibraries(variables.install) : {};
  const fillAll = (command: readonly string[]) => command.map((text) => fillTemplate(text, variables));
  return {
    name,
    label: `${spec.title} of ${gateway.name}`,
    workDir,
    prepare: spec.prepare.map(fillAll),
    command: fillAll(spec.command),
    environment: cleanEnvironment(workDir, { ...libraries, ...fillValues(spec.environment, variables) }),
    files: await renderFiles(gateway, spec.files, variables, { workDir, setting: `services.${name}.files` }),
    port: spec.port,
    readyCommand: spec.ready.command === undefined ? null : fillAll(spec.ready.command),
    readyTimeoutS: spec.ready.timeoutS,
    afterStart: spec.afterStart.map(fillAll),
    user: process.getuid?.() === 0 ? (spec.user ?? null) : null,
    stop: spec.stop,
  };
}

/**
 * Start services one after the other, each once the one before is ready. Where one fails, those that run are stopped.
 * @throws ExpectedError with the last lines of its log
 */
export async function startServices(
  services: readonly RenderedService[],
  start: GatewayStart,
): Promise<RunningServices> {
  const running: { service: RenderedService; child: Child }[] = [];
  const stop = async () => {
    let graceful = true;
    for (const { service, child } of running.toReversed()) {
      const { signal, graceS } = service.stop;
      graceful = (await child.stop({ signal, graceMs: graceS * 1000 })) && graceful;
    }
    return graceful;
  };
  try {
    for (const service of services) {
      await prepareService(service, start);
      const child = await startIn(service, service.command, start);
      running.push({ service, child });
      await waitReady(service, child, start);
      for (const command of service.afterStart) await runStep(service, command, start);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const describe = ({ service, child }: (typeof running)[number]): GatewayExit | null => {
    const exit = child.exit();
    return exit && { ...exit, evidence: `it was ${service.label} that ended, without which the gateway can't run` };
  };
  return {
    pids: () => running.flatMap(({ child }) => child.pids()),
    exited: Promise.race([
      new Promise<never>(() => {}),
      ...running.map(async (each) => {
        const exit = await each.child.exited;
        return describe(each) ?? exit;
      }),
    ]),
    exit: () => running.map(describe).find((exit) => exit !== null) ?? null,
    stop,
  };
}

async function prepareService(service: RenderedService, start: GatewayStart): Promise<void> {
  await mkdir(service.workDir, { recursive: true });
  // A user without rights here must get into his folder, and write there.
  for (const folder of [dirname(service.workDir), service.workDir]) await chmod(folder, 0o711);
  await writeFiles(service.files, service.workDir);
  if (service.user !== null) {
    const { uid, gid } = userIds(service.user);
    await chown(service.workDir, uid, gid);
  }
  for (const command of service.prepare) await runStep(service, command, start);
}

/** Run a command to its end. @throws ExpectedError where it fails or hangs */
async function runStep(service: RenderedService, command: string[], start: GatewayStart): Promise<void> {
  const child = await startIn(service, command, start);
  const done = await waitUntil(() => child.exit() !== null, STEP_TIMEOUT_MS, start.signal).finally(() => endNow(child));
  const exit = child.exit();
  if (done && exit?.exitCode === 0) return;
  const how = done ? `ended with ${exit?.signal ?? `exit code ${exit?.exitCode}`}` : 'was still running after 120 s';
  throw await failure(service, `"${basename(command[0] ?? '')}" of ${service.label} ${how}`, child);
}

async function waitReady(service: RenderedService, child: Child, start: GatewayStart): Promise<void> {
  const { port, readyCommand, readyTimeoutS } = service;
  const ready = await waitUntil(
    async () => {
      if (child.exit() !== null) return true;
      if (listenersOf(port, child.pids()).length === 0) return false;
      return readyCommand === null || (await succeeds(service, readyCommand, start));
    },
    readyTimeoutS * 1000,
    start.signal,
    READY_INTERVAL_MS,
  );
  const exit = child.exit();
  if (exit !== null) {
    const how = exit.signal ?? `exit code ${exit.exitCode}`;
    throw await failure(service, `${service.label} ended with ${how} before it was ready`, child);
  }
  if (!ready) {
    throw await failure(service, `${service.label} was not ready on port ${port} within ${readyTimeoutS} s`, child);
  }
}

async function succeeds(service: RenderedService, command: string[], start: GatewayStart): Promise<boolean> {
  const child = await startIn(service, command, start);
  const timer = new AbortController();
  const late = sleep(service.readyTimeoutS * 1000, timer.signal).catch(() => {});
  await Promise.race([child.exited, late]);
  timer.abort();
  await endNow(child);
  return child.exit()?.exitCode === 0;
}

/** Start a command as the service's user, in its folder; its output goes to the service's log. */
function startIn(service: RenderedService, command: readonly string[], start: GatewayStart): Promise<Child> {
  const [program = '', ...args] = command;
  return startChild({
    ...pinnedCommand(start.cpus, { command: program, args }),
    cwd: service.workDir,
    environment: service.environment,
    logFile: join(dirname(start.logFile), `service-${service.name}.log`),
    umask: UMASK,
    user: service.user === null ? undefined : userIds(service.user),
    grouped: true,
  });
}

async function endNow(child: Child): Promise<void> {
  await child.stop({ signal: 'SIGKILL', graceMs: 0 });
}

async function failure(service: RenderedService, message: string, child: Child): Promise<ExpectedError> {
  const tail = (await child.logTail(LOG_LINES)).join(' | ');
  return new ExpectedError(
    tail === '' ? message : `${message}: ${tail}`,
    `see service-${service.name}.log in the cell's folder, and services.${service.name} in the gateway.yaml`,
  );
}
