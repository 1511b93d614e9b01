import { dirname } from 'node:path';
import { execa } from 'execa';
import { type Child, startChild } from '../lib/child.js';
import { pinnedCommand } from '../lib/pinned-command.js';
import { fillTemplate } from '../lib/placeholders.js';
import { cleanEnvironment } from '../lib/process-environment.js';
import { sha256 } from '../lib/sha256.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import { renderFiles, writeFiles } from './config-files.js';
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { findLostPort, originOf, waitForPortsFree, waitReady } from './readiness.js';
import { type RenderedService, type RunningServices, renderServices, startServices } from './services.js';
import {
  fillValues,
  overrideEnvironment,
  type TemplateVariables,
  templateVariables,
  trustVariables,
} from './template-variables.js';

/** A manifest's process with every placeholder filled. */
interface RenderedProcess {
  command: string;
  args: string[];
  cwd: string;
  environment: Record<string, string>;
  /** Absolute path to contents. */
  files: Map<string, string>;
  stopCommand: string[] | null;
  /** sha256 over command, the manifest's environment and the files, without the work folder's name. */
  configSha256: string;
}

/** The usual one: with a stricter one of the user's, workers of another user can't enter what the gateway makes. */
const UMASK = 0o022;

/** Start a gateway as a process tree of this machine. It is not ready yet when this returns. */
export async function startProcessGateway(gateway: ProcessGateway, start: GatewayStart): Promise<RunningGateway> {
  const variables = templateVariables(start);
  const rendered = await renderProcess(gateway, variables, start.tls);
  await writeFiles(rendered.files, start.workDir);
  const launched = applyOverrides(rendered, start.launch, variables);
  const renderedServices = await renderServices(gateway, start);
  const configSha256 = hashWithServices(rendered.configSha256, renderedServices, start.workDir);
  const services = await startServices(renderedServices, start);
  try {
    const child = await startChild({
      ...launched,
      ...pinnedCommand(start.cpus, launched),
      logFile: start.logFile,
      umask: UMASK,
      grouped: true,
    });
    const graceS = start.launch.stopGraceS ?? gateway.process.stop.graceS;
    const ca = start.tls?.client ? start.tls.certificate.ca : null;
    return watchProcess(gateway, { child, services, rendered: { ...rendered, configSha256 }, variables, graceS, ca });
  } catch (error) {
    await services.stop();
    throw error;
  }
}

async function renderProcess(
  gateway: ProcessGateway,
  variables: TemplateVariables,
  tls: GatewayStart['tls'],
): Promise<RenderedProcess> {
  const fill = (text: string) => fillTemplate(text, variables);
  const { process: spec } = gateway;
  const workDir = fill('{work}');
  const [command = '', ...args] = spec.command.map(fill);
  const environment = fillValues(spec.environment, variables);
  const files = await renderFiles(gateway, spec.files, variables, { workDir, setting: 'process.files' });
  const hashed = JSON.stringify({ command, args, environment, files: [...files.entries()] });
  return {
    command,
    args,
    cwd: fill(spec.cwd),
    environment: cleanEnvironment(workDir, {
      ...(tls?.upstream ? trustVariables(tls.certificate) : {}),
      ...environment,
    }),
    files,
    stopCommand: spec.stop.command?.map(fill) ?? null,
    configSha256: sha256(withoutFolders(hashed, workDir, tls)),
  };
}

/** Folders whose names are of one run alone configure nothing. */
function withoutFolders(text: string, workDir: string, tls: GatewayStart['tls']): string {
  const withoutWork = text.replaceAll(workDir, '{work}');
  return tls === undefined ? withoutWork : withoutWork.replaceAll(dirname(tls.certificate.caFile), '{tls}');
}

/** The hash of a gateway without services is that of its process alone. */
function hashWithServices(configSha256: string, services: readonly RenderedService[], workDir: string): string {
  if (services.length === 0) return configSha256;
  const hashed = JSON.stringify(services.map(({ files, ...rest }) => ({ ...rest, files: [...files] })));
  return sha256(configSha256 + hashed.replaceAll(workDir, '{work}'));
}

/** Add what a profiler needs. The hash stays that of the manifest. */
function applyOverrides(
  rendered: RenderedProcess,
  overrides: LaunchOverrides,
  variables: TemplateVariables,
): RenderedProcess {
  const [command = '', ...args] = overrides.command([rendered.command, ...rendered.args]);
  return { ...rendered, command, args, environment: overrideEnvironment(rendered.environment, overrides, variables) };
}

function watchProcess(
  gateway: ProcessGateway,
  parts: {
    child: Child;
    services: RunningServices;
    rendered: RenderedProcess;
    variables: TemplateVariables;
    graceS: number;
    /** Of a gateway that takes requests over TLS. */
    ca: string | null;
  },
): RunningGateway {
  const { child, services, rendered, variables, graceS, ca } = parts;
  // Without a service the gateway is none that can be measured, whatever it does then.
  const exit = () => child.exit() ?? services.exit();
  const started = { gateway, variables, pids: child.pids, exit, logTail: child.logTail, ca };

  let stopped: Promise<StopReport> | null = null;
  const stopOnce = async (): Promise<StopReport> => {
    const { stopCommand } = rendered;
    const graceful = await child.stop({
      signal: gateway.process.stop.signal,
      graceMs: graceS * 1000,
      ...(stopCommand ? { instead: () => runStopCommand(stopCommand, rendered) } : {}),
    });
    const servicesGraceful = await services.stop();
    return { graceful: graceful && servicesGraceful, portsFree: await waitForPortsFree(gateway) };
  };

  return {
    origin: originOf(started),
    configSha256: rendered.configSha256,
    headers: fillValues(gateway.request.headers, variables),
    startedAtMs: child.startedAtMs,
    pids: child.pids,
    servicePids: services.pids,
    exited: Promise.race([child.exited, services.exited]),
    exit,
    logTail: () => child.logTail(),
    lostPort: () => findLostPort(started),
    ready: (signal) => waitReady(started, signal),
    stop() {
      stopped ??= stopOnce();
      return stopped;
    },
  };
}

async function runStopCommand(command: string[], rendered: RenderedProcess): Promise<void> {
  const [program = '', ...args] = command;
  // Its result is ignored: whether the process tree ends shows whether it worked.
  await execa(program, args, {
    cwd: rendered.cwd,
    env: rendered.environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
}
