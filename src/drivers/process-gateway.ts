import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { type Child, startChild } from '../lib/child.js';
import { ExpectedError } from '../lib/errors.js';
import { httpRequest } from '../lib/http.js';
import { listenersOf } from '../lib/listeners.js';
import { fillTemplate } from '../lib/placeholders.js';
import { describeListeners, requireFreePort } from '../lib/port-check.js';
import { waitUntil } from '../lib/sleep.js';
import type { LaunchChange } from '../model/launch-change.js';
import { gatewayLabel, type ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayStart, RunningGateway, StopReport } from './gateway-driver.js';
import { gatewayValues } from './gateway-values.js';
import { onCpus } from './placement.js';
import { type RenderedGateway, renderGateway } from './rendered-gateway.js';

const HEALTH_REQUEST_TIMEOUT_MS = 2_000;
const PORT_RELEASE_TIMEOUT_MS = 5_000;

/** Ports that a gateway opens, the main one first. */
export function portsOf(gateway: ProcessGateway): number[] {
  return [gateway.process.port, ...Object.values(gateway.process.ports)];
}

/** @throws ExpectedError where a port of the gateway is taken */
export function settlePorts(gateway: ProcessGateway): void {
  for (const port of portsOf(gateway)) requireFreePort(port, gatewayLabel(gateway));
}

/** Start a gateway as a process tree of this machine. It is not ready yet when this returns. */
export async function startProcessGateway(gateway: ProcessGateway, start: GatewayStart): Promise<RunningGateway> {
  const values = gatewayValues(start);
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
  launch: LaunchChange,
  rendered: RenderedGateway,
  values: Record<string, string>,
): RenderedGateway {
  const [command = '', ...args] = launch.command([rendered.command, ...rendered.args]);
  const added = Object.fromEntries(
    Object.entries(launch.environment).map(([key, value]) => [key, fillTemplate(value, values)]),
  );
  const nodeOptions = [rendered.environment.NODE_OPTIONS, added.NODE_OPTIONS].filter(Boolean).join(' ');
  return {
    ...rendered,
    command,
    args,
    environment: {
      ...rendered.environment,
      ...added,
      ...(nodeOptions === '' ? {} : { NODE_OPTIONS: nodeOptions }),
    },
  };
}

function runningProcess(
  gateway: ProcessGateway,
  child: Child,
  rendered: RenderedGateway,
  values: Record<string, string>,
  graceS: number,
): RunningGateway {
  const { port, ports, health, stop } = gateway.process;
  const origin = `http://127.0.0.1:${port}`;
  const fillAll = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, fillTemplate(value, values)]));
  const ownsPort = () => listenersOf(port, child.pids()).length > 0;

  let stopped: Promise<StopReport> | null = null;
  const stopNow = async (): Promise<StopReport> => {
    const quit = rendered.stopCommand;
    const graceful = await child.stop({
      signal: stop.signal,
      graceMs: graceS * 1000,
      ...(quit ? { instead: () => runStopCommand(quit, rendered) } : {}),
    });
    const portsFree = await waitUntil(
      () => portsOf(gateway).every((each) => listenersOf(each).length === 0),
      PORT_RELEASE_TIMEOUT_MS,
    );
    return { graceful, portsFree };
  };

  return {
    origin,
    configSha256: rendered.configSha256,
    headers: fillAll(gateway.request.headers),
    pids: child.pids,
    exited: child.exited,
    exit: child.exit,
    logTail: () => child.logTail(),
    lostPort() {
      if (ownsPort()) return null;
      return `port ${port} is not the gateway's any more; it is held by ${describeListeners(port)}`;
    },
    async ready(signal) {
      const healthPort = health.port === undefined ? port : ports[health.port];
      if (healthPort === undefined) {
        throw new ExpectedError(
          `${gateway.name}: health.port names "${health.port}", which is not in process.ports`,
          'correct its gateway.yaml',
        );
      }
      const url = `http://127.0.0.1:${healthPort}${health.path}`;
      const headers = fillAll(health.headers);
      let last = 'nothing listened';
      const healthy = await waitUntil(
        async () => {
          if (child.exit()) return true;
          if (!ownsPort()) return false;
          last = await healthOf(url, headers, signal);
          return last === 'healthy';
        },
        health.timeoutS * 1000,
        signal,
        100,
      );
      const exit = child.exit();
      if (exit) {
        throw new ExpectedError(
          `${gatewayLabel(gateway)} ended with ${exit.signal ?? `exit code ${exit.exitCode}`} before it was ready`,
          'see the log lines under it; `gatebench doctor` checks its installation',
        );
      }
      if (!healthy) {
        throw new ExpectedError(
          `${gatewayLabel(gateway)} was not healthy within ${health.timeoutS} s: ${last} at ${url}`,
          'see the log lines under it; a slow machine may need a longer health.timeoutS in its gateway.yaml',
        );
      }
    },
    stop() {
      stopped ??= stopNow();
      return stopped;
    },
  };
}

async function healthOf(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<string> {
  try {
    const { status } = await httpRequest(url, { headers, timeoutMs: HEALTH_REQUEST_TIMEOUT_MS, signal });
    return status === 200 ? 'healthy' : `status ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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
