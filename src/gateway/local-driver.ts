import type { GatewayDriver, GatewayStart, RunningGateway } from './gateway-driver.js';
import { fillHeaders, requireOwnPortsFree } from './gateway-readiness.js';
import { startProcessGateway } from './process-gateway.js';
import { templateVariables } from './template-variables.js';

/** Gateways on this machine: processes, or no gateway at all. */
export const localDriver: GatewayDriver = {
  preflight(gateway) {
    if (gateway.kind === 'process') requireOwnPortsFree(gateway);
  },
  async start(start) {
    return start.gateway.kind === 'process' ? startProcessGateway(start.gateway, start) : noGateway(start);
  },
};

/** The direct baseline: the upstream itself takes the load, and its life is the mock driver's business. */
function noGateway(start: GatewayStart): RunningGateway {
  const values = templateVariables(start);
  return {
    origin: start.upstream,
    configSha256: null,
    headers: fillHeaders(start.gateway.request.headers, values),
    pids: () => [],
    exited: new Promise(() => {}),
    exit: () => null,
    ready: async () => {},
    lostPort: () => null,
    logTail: async () => [],
    stop: async () => ({ graceful: true, portsFree: true }),
  };
}
