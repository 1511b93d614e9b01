import { ExpectedError, messageOf } from '../lib/errors.js';
import { type HttpOptions, httpRequest } from '../lib/http.js';
import { isListening, listenersOf } from '../lib/listeners.js';
import { LOOPBACK } from '../lib/machine.js';
import { describeListeners, requireFreePort } from '../lib/port-check.js';
import { sleep, waitUntil } from '../lib/sleep.js';
import { gatewayLabel, type ProcessGateway } from '../model/resolved-gateway.js';
import type { GatewayExit } from './gateway-driver.js';
import { fillValues, type TemplateVariables } from './template-variables.js';
import { readMembers, WorkerDeaths } from './worker-deaths.js';

const HEALTH_REQUEST_TIMEOUT_MS = 2_000;
const HEALTH_INTERVAL_MS = 100;
/** Lines of the log that are searched for dying workers. */
const LOG_LINES = 200;
const PORT_RELEASE_TIMEOUT_MS = 5_000;

/** A started gateway, process or container, as far as its ports are concerned. */
export interface StartedGateway {
  gateway: ProcessGateway;
  /** For the headers of health checks. */
  variables: TemplateVariables;
  /** In PEM, where its main port speaks TLS; null for plain HTTP. */
  ca: string | null;
  /** Its living processes, by this machine's PIDs. */
  pids(): number[];
  exit(): GatewayExit | null;
  /** The last lines of its log. */
  logTail(lines: number): Promise<string[]>;
}

/** Ports that a gateway and its services open, the main one first. */
export function portsOf({ process, services }: ProcessGateway): number[] {
  return [process.port, ...Object.values(process.ports), ...Object.values(services).map(({ port }) => port)];
}

/** @throws ExpectedError where a port of the gateway is taken */
export function requirePortsFree(gateway: ProcessGateway): void {
  for (const port of portsOf(gateway)) requireFreePort(port, gatewayLabel(gateway));
}

/** Where requests go. */
export function originOf({ gateway, ca }: Pick<StartedGateway, 'gateway' | 'ca'>): string {
  return `${ca === null ? 'http' : 'https'}://${LOOPBACK}:${gateway.process.port}`;
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

/**
 * Wait until the gateway itself listens and is healthy.
 * @throws ExpectedError where it exits, its workers keep dying, or it never gets there
 */
export async function waitReady(started: StartedGateway, signal: AbortSignal): Promise<void> {
  const { gateway, variables } = started;
  const { port, ports, health } = gateway.process;
  const healthPort =
    health.port === undefined ? port : Object.hasOwn(ports, health.port) ? ports[health.port] : undefined;
  if (healthPort === undefined) {
    throw new ExpectedError(
      `${gateway.name}: health.port names "${health.port}", which is not in process.ports`,
      'correct its gateway.yaml',
    );
  }
  // A port of its own is for its operators, and speaks plain HTTP.
  const healthOrigin = healthPort === port ? originOf(started) : `http://${LOOPBACK}:${healthPort}`;
  const url = healthOrigin + health.path;
  const headers = fillValues(health.headers, variables);
  const deaths = new WorkerDeaths();
  let checking: Promise<void> | null = null;
  const seen: { health: string; dying: string | null } = { health: 'nothing listened', dying: null };
  const done = await waitUntil(
    async () => {
      if (started.exit()) return true;
      const pids = started.pids();
      deaths.observe(readMembers(pids));
      if (listenersOf(port, pids).length > 0) {
        // Where a master holds the port and no worker accepts, a check takes its whole time-out: look on meanwhile.
        checking ??= checkHealth(url, { headers, ca: started.ca ?? undefined, signal }).then((health) => {
          seen.health = health;
          checking = null;
        });
        await Promise.race([checking, sleep(HEALTH_INTERVAL_MS)]);
        if (seen.health === 'healthy') return true;
      }
      seen.dying = deaths.verdict(await started.logTail(LOG_LINES), performance.now());
      return seen.dying !== null;
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
  if (seen.dying !== null) {
    throw new ExpectedError(
      `${gatewayLabel(gateway)} is not getting ready: ${seen.dying}`,
      'see its log lines below; a worker that runs as another user may lack a permission',
    );
  }
  if (!done) {
    throw new ExpectedError(
      `${gatewayLabel(gateway)} was not healthy within ${health.timeoutS} s: ${seen.health} at ${url}`,
      'see its log lines below; a slow machine may need a longer health.timeoutS in its gateway.yaml',
    );
  }
}

/** Whether the gateway's own processes hold its main port. */
function ownsPort({ gateway, pids }: StartedGateway): boolean {
  return listenersOf(gateway.process.port, pids()).length > 0;
}

async function checkHealth(url: string, how: Omit<HttpOptions, 'timeoutMs'>): Promise<string> {
  try {
    const { status } = await httpRequest(url, { ...how, timeoutMs: HEALTH_REQUEST_TIMEOUT_MS });
    return status === 200 ? 'healthy' : `status ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}
