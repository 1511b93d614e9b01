import { ExpectedError, messageOf } from '../lib/errors.js';
import { httpRequest } from '../lib/http.js';
import { isListening, listenersOf } from '../lib/listeners.js';
import { LOOPBACK } from '../lib/machine.js';
import { describeListeners, requireFreePort } from '../lib/port-check.js';
import { waitUntil } from '../lib/sleep.js';
import { gatewayLabel, type ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayExit } from './gateway-driver.js';
import { fillValues, type TemplateVariables } from './template-variables.js';

const HEALTH_REQUEST_TIMEOUT_MS = 2_000;
const HEALTH_INTERVAL_MS = 100;
const PORT_RELEASE_TIMEOUT_MS = 5_000;

/** A started gateway, process or container, as far as its ports are concerned. */
export interface StartedGateway {
  gateway: ProcessGateway;
  /** For the headers of health checks. */
  variables: TemplateVariables;
  /** Its living processes, by this machine's PIDs. */
  pids(): number[];
  exit(): GatewayExit | null;
}

/** Ports that a gateway opens, the main one first. */
export function portsOf(gateway: ProcessGateway): number[] {
  return [gateway.process.port, ...Object.values(gateway.process.ports)];
}

/** @throws ExpectedError where a port of the gateway is taken */
export function requirePortsFree(gateway: ProcessGateway): void {
  for (const port of portsOf(gateway)) requireFreePort(port, gatewayLabel(gateway));
}

/** Where requests go. */
export function originOf(gateway: ProcessGateway): string {
  return `http://${LOOPBACK}:${gateway.process.port}`;
}

/** Why the main port is no longer held by the gateway; null while it is. */
export function findLostPort(started: StartedGateway): string | null {
  if (ownsPort(started)) return null;
  const { port } = started.gateway.process;
  return `port ${port} is not the gateway's any more; it is held by ${describeListeners(port)}`;
}

/** @returns false where a port is still taken after some seconds */
export function waitForPortsFree(gateway: ProcessGateway): Promise<boolean> {
  return waitUntil(() => portsOf(gateway).every((port) => !isListening(port)), PORT_RELEASE_TIMEOUT_MS);
}

/** Wait until the gateway itself listens and is healthy. @throws ExpectedError where it exits or never gets there */
export async function waitReady(started: StartedGateway, signal: AbortSignal): Promise<void> {
  const { gateway, variables } = started;
  const { port, ports, health } = gateway.process;
  const healthPort = health.port === undefined ? port : ports[health.port];
  if (healthPort === undefined) {
    throw new ExpectedError(
      `${gateway.name}: health.port names "${health.port}", which is not in process.ports`,
      'correct its gateway.yaml',
    );
  }
  const url = `http://${LOOPBACK}:${healthPort}${health.path}`;
  const headers = fillValues(health.headers, variables);
  let last = 'nothing listened';
  const done = await waitUntil(
    async () => {
      if (started.exit()) return true;
      if (!ownsPort(started)) return false;
      last = await checkHealth(url, headers, signal);
      return last === 'healthy';
    },
    health.timeoutS * 1000,
    signal,
    HEALTH_INTERVAL_MS,
  );
  const exit = started.exit();
  if (exit) {
    const how = exit.signal ?? `exit code ${exit.exitCode}`;
    throw new ExpectedError(
      `${gatewayLabel(gateway)} ended with ${how}${exit.evidence ? ` (${exit.evidence})` : ''} before it was ready`,
      'see its log lines below; `gatebench doctor` checks its installation',
    );
  }
  if (!done) {
    throw new ExpectedError(
      `${gatewayLabel(gateway)} was not healthy within ${health.timeoutS} s: ${last} at ${url}`,
      'see its log lines below; a slow machine may need a longer health.timeoutS in its gateway.yaml',
    );
  }
}

/** Whether the gateway's own processes hold its main port. */
function ownsPort({ gateway, pids }: StartedGateway): boolean {
  return listenersOf(gateway.process.port, pids()).length > 0;
}

async function checkHealth(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<string> {
  try {
    const { status } = await httpRequest(url, { headers, timeoutMs: HEALTH_REQUEST_TIMEOUT_MS, signal });
    return status === 200 ? 'healthy' : `status ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}
