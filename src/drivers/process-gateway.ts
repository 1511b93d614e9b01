import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { type Child, startChild } from '../lib/child.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { fillHeaders, lostPortOf, originOf, portsReleased, waitReady } from './gateway-readiness.js';
import { gatewayValues } from './gateway-values.js';
import { onCpus } from './placement.js';
import { type RenderedGateway, renderGateway } from './rendered-gateway.js';

/** Start a gateway as a process tree of this machine. It is not ready yet when this returns. */
export async function startProcessGateway(gateway: ProcessGateway, start: GatewayStart): Promise<RunningGateway> {
  const values = gatewayValues(start);
  const rendered = await renderGateway(gateway, values);
  for (const [path, content] of rendered.files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  const child = await startChild({ ...rendered, ...onCpus(start.cpus, rendered), logFile: start.logFile });
  return runningProcess(gateway, child, rendered, values);
}

function runningProcess(
  gateway: ProcessGateway,
  child: Child,
  rendered: RenderedGateway,
  values: Record<string, string>,
): RunningGateway {
  const { stop } = gateway.process;
  const started = { gateway, values, pids: child.pids, exit: child.exit };

  let stopped: Promise<StopReport> | null = null;
  const stopNow = async (): Promise<StopReport> => {
    const quit = rendered.stopCommand;
    const graceful = await child.stop({
      signal: stop.signal,
      graceMs: stop.graceS * 1000,
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
