import { ExpectedError } from '../lib/errors.js';
import { httpRequest } from '../lib/http.js';
import { isListening, listenersOf } from '../lib/listeners.js';
import { fillTemplate } from '../lib/placeholders.js';
import { describeListeners, requireFreePort } from '../lib/port-check.js';
import { waitUntil } from '../lib/sleep.js';
import { gatewayLabel, type ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayExit } from './gateway-driver.js';

const HEALTH_REQUEST_TIMEOUT_MS = 2_000;
const PORT_RELEASE_TIMEOUT_MS = 5_000;

/** A gateway that was started, in whatever way, as far as its ports are concerned. */
export interface StartedGateway {
  gateway: ProcessGateway;
  /** For its headers. */
  values: Record<string, string>;
  /** Living processes of its own, as this machine counts them. */
  pids(): number[];
  exit(): GatewayExit | null;
}

/** Ports that a gateway opens, the main one first. */
export function portsOf(gateway: ProcessGateway): number[] {
  return [gateway.process.port, ...Object.values(gateway.process.ports)];
}

/** @throws ExpectedError where a port of the gateway is taken */
export function requireOwnPortsFree(gateway: ProcessGateway): void {
  for (const port of portsOf(gateway)) requireFreePort(port, gatewayLabel(gateway));
}

/** Where requests go. */
export function originOf(gateway: ProcessGateway): string {
  return `http://127.0.0.1:${gateway.process.port}`;
}

/** Headers with every placeholder filled. */
export function fillHeaders(headers: Record<string, string>, values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, fillTemplate(value, values)]));
}

/** Whether the gateway's own processes, and not somebody else's, hold its main port. */
export function ownsPort({ gateway, pids }: StartedGateway): boolean {
  return listenersOf(gateway.process.port, pids()).length > 0;
}

/** Why the main port is not the gateway's any more; null where it is. */
export function lostPortOf(started: StartedGateway): string | null {
  if (ownsPort(started)) return null;
  const { port } = started.gateway.process;
  return `port ${port} is not the gateway's any more; it is held by ${describeListeners(port)}`;
}

/** @returns false where a port is still taken after some seconds */
export function portsReleased(gateway: ProcessGateway): Promise<boolean> {
  return waitUntil(() => portsOf(gateway).every((port) => !isListening(port)), PORT_RELEASE_TIMEOUT_MS);
}

/** Wait until the gateway itself listens and is healthy. @throws ExpectedError where it ends or never gets there */
export async function waitReady(started: StartedGateway, signal: AbortSignal): Promise<void> {
  const { gateway, values } = started;
  const { port, ports, health } = gateway.process;
  const healthPort = health.port === undefined ? port : ports[health.port];
  if (healthPort === undefined) {
    throw new ExpectedError(
      `${gateway.name}: health.port names "${health.port}", which is not in process.ports`,
      'correct its gateway.yaml',
    );
  }
  const url = `http://127.0.0.1:${healthPort}${health.path}`;
  const headers = fillHeaders(health.headers, values);
  let last = 'nothing listened';
  const healthy = await waitUntil(
    async () => {
      if (started.exit()) return true;
      if (!ownsPort(started)) return false;
      last = await healthOf(url, headers, signal);
      return last === 'healthy';
    },
    health.timeoutS * 1000,
    signal,
    100,
  );
  const exit = started.exit();
  if (exit) {
    const how = exit.signal ?? `exit code ${exit.exitCode}`;
    throw new ExpectedError(
      `${gatewayLabel(gateway)} ended with ${how}${exit.evidence ? ` (${exit.evidence})` : ''} before it was ready`,
      'see the log lines under it; `gatebench doctor` checks its installation',
    );
  }
  if (!healthy) {
    throw new ExpectedError(
      `${gatewayLabel(gateway)} was not healthy within ${health.timeoutS} s: ${last} at ${url}`,
      'see the log lines under it; a slow machine may need a longer health.timeoutS in its gateway.yaml',
    );
  }
}

async function healthOf(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<string> {
  try {
    const { status } = await httpRequest(url, { headers, timeoutMs: HEALTH_REQUEST_TIMEOUT_MS, signal });
    return status === 200 ? 'healthy' : `status ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
