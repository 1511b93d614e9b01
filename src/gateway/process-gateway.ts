import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import { type Child, startChild } from '../lib/child.js';
import { pinnedCommand } from '../lib/pinned-command.js';
import { fillTemplate } from '../lib/placeholders.js';
import { cleanEnvironment } from '../lib/process-environment.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { findLostPort, originOf, waitForPortsFree, waitReady } from './readiness.js';
import {
  fillTemplateFile,
  fillValues,
  overrideEnvironment,
  type TemplateVariables,
  templateVariables,
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
  const rendered = await renderProcess(gateway, variables);
  await writeFiles(rendered.files, start.workDir);
  const launched = applyOverrides(rendered, start.launch, variables);
  const child = await startChild({
    ...launched,
    ...pinnedCommand(start.cpus, launched),
    logFile: start.logFile,
    umask: UMASK,
    grouped: true,
  });
  const graceS = start.launch.stopGraceS ?? gateway.process.stop.graceS;
  return watchProcess(gateway, child, rendered, variables, graceS);
}

async function renderProcess(gateway: ProcessGateway, variables: TemplateVariables): Promise<RenderedProcess> {
  const fill = (text: string) => fillTemplate(text, variables);
  const { process: spec } = gateway;
  const workDir = fill('{work}');
  const [command = '', ...args] = spec.command.map(fill);
  const environment = fillValues(spec.environment, variables);
  const files = new Map<string, string>();
  for (const { template, to } of spec.files) {
    const target = fill(to);
    const text = await fillTemplateFile(gateway, template, variables, 'process.files');
    files.set(isAbsolute(target) ? target : join(workDir, target), text);
  }
  const hashed = JSON.stringify({ command, args, environment, files: [...files.entries()] });
  return {
    command,
    args,
    cwd: fill(spec.cwd),
    environment: cleanEnvironment(workDir, environment),
    files,
    stopCommand: spec.stop.command?.map(fill) ?? null,
    configSha256: createHash('sha256').update(hashed.replaceAll(workDir, '{work}')).digest('hex'),
  };
}

/** Write the configuration, readable for workers of another user: its keys are dummies. */
async function writeFiles(files: ReadonlyMap<string, string>, workDir: string): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await chmod(path, 0o644);
    for (let folder = dirname(path); folder.startsWith(join(workDir, '/')); folder = dirname(folder)) {
      await chmod(folder, 0o755);
    }
  }
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
  child: Child,
  rendered: RenderedProcess,
  variables: TemplateVariables,
  graceS: number,
): RunningGateway {
  const started = { gateway, variables, pids: child.pids, exit: child.exit, logTail: child.logTail };

  let stopped: Promise<StopReport> | null = null;
  const stopOnce = async (): Promise<StopReport> => {
    const { stopCommand } = rendered;
    const graceful = await child.stop({
      signal: gateway.process.stop.signal,
      graceMs: graceS * 1000,
      ...(stopCommand ? { instead: () => runStopCommand(stopCommand, rendered) } : {}),
    });
    return { graceful, portsFree: await waitForPortsFree(gateway) };
  };

  return {
    origin: originOf(gateway),
    configSha256: rendered.configSha256,
    headers: fillValues(gateway.request.headers, variables),
    pids: child.pids,
    exited: child.exited,
    exit: child.exit,
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
