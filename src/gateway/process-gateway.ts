import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { type Child, startChild } from '../lib/child.js';
import type { LaunchOverrides } from '../model/launch-overrides.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { fillHeaders, lostPortOf, originOf, portsReleased, waitReady } from './gateway-readiness.js';
import { launchEnvironment } from './launch-environment.js';
import { onCpus } from './placement.js';
import { type RenderedGateway, renderGateway } from './rendered-gateway.js';
import { templateVariables } from './template-variables.js';

/** Start a gateway as a process tree of this machine. It is not ready yet when this returns. */
export async function startProcessGateway(gateway: ProcessGateway, start: GatewayStart): Promise<RunningGateway> {
  const values = templateVariables(start);
  const rendered = await renderGateway(gateway, values);
  for (const [path, content] of rendered.files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const launched = launchedWith(start.launch, rendered, values);
  const child = await startChild({ ...launched, ...onCpus(start.cpus, launched), logFile: start.logFile });
  const graceS = start.launch.stopGraceS ?? gateway.process.stop.graceS;
  return runningProcess(gateway, child, rendered, values, graceS);
}

/** What a profiler needs, on top of what the manifest says. The hash stays that of the manifest. */
function launchedWith(
  launch: LaunchOverrides,
  rendered: RenderedGateway,
  values: Record<string, string>,
): RenderedGateway {
  const [command = '', ...args] = launch.command([rendered.command, ...rendered.args]);
  return { ...rendered, command, args, environment: launchEnvironment(rendered.environment, launch, values) };
}

function runningProcess(
  gateway: ProcessGateway,
  child: Child,
  rendered: RenderedGateway,
  values: Record<string, string>,
  graceS: number,
): RunningGateway {
  const { stop } = gateway.process;
  const started = { gateway, values, pids: child.pids, exit: child.exit };

  let stopped: Promise<StopReport> | null = null;
  const stopNow = async (): Promise<StopReport> => {
    const quit = rendered.stopCommand;
    const graceful = await child.stop({
      signal: stop.signal,
      graceMs: graceS * 1000,
      ...(quit ? { instead: () => runStopCommand(quit, rendered) } : {}),
    });
    return { graceful, portsFree: await portsReleased(gateway) };
  };

  return {
    origin: originOf(gateway),
    configSha256: rendered.configSha256,
    headers: fillHeaders(gateway.request.headers, values),
    pids: child.pids,
    exited: child.exited,
    exit: child.exit,
    logTail: () => child.logTail(),
    lostPort: () => lostPortOf(started),
    ready: (signal) => waitReady(started, signal),
    stop() {
      stopped ??= stopNow();
      return stopped;
    },
  };
}

async function runStopCommand(command: string[], rendered: RenderedGateway): Promise<void> {
  const [program = '', ...args] = command;
  // Whether it worked shows in whether the tree ends; what it prints is of no use then.
  await execa(program, args, {
    cwd: rendered.cwd,
    env: rendered.environment,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
}
