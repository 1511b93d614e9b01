import { containerOf } from '../model/resolved-gateway.js';
import type { ContainerEngineName, RuntimeName } from '../model/runtime.js';
import { attachGateway } from './attached-gateway.js';
import { startContainerGateway } from './container-gateway.js';
import type { GatewayDriver, GatewayStart, RunningGateway } from './gateway-driver.js';
import { startProcessGateway } from './process-gateway.js';
import { requirePortsFree } from './readiness.js';
import { fillValues, templateVariables } from './template-variables.js';

/** The driver for `--runtime`. */
export function driverFor(runtime: RuntimeName): GatewayDriver {
  return runtime === 'process' ? localDriver : containerDriver(runtime);
}

/** Gateways as processes of this machine, one that runs already, or no gateway at all. */
export const localDriver: GatewayDriver = {
  preflight(gateway) {
    if (gateway.kind === 'process') requirePortsFree(gateway);
  },
  async start(start) {
    const { gateway } = start;
    switch (gateway.kind) {
      case 'process':
        return startProcessGateway(gateway, start);
      case 'attached':
        return attachGateway(gateway);
      case 'direct':
        return startDirect(start);
      default:
        return gateway satisfies never;
    }
  },
};

/** Gateways with an image run as containers; gateways without one, or with services, always run as processes. */
function containerDriver(engine: ContainerEngineName): GatewayDriver {
  return {
    preflight: localDriver.preflight,
    async start(start) {
      const { gateway } = start;
      const container = containerOf(gateway);
      return gateway.kind === 'process' && container !== null
        ? startContainerGateway(gateway, container, engine, start)
        : localDriver.start(start);
    },
  };
}

/** The direct baseline: load goes straight to the upstream, which its own driver starts and stops. */
function startDirect(start: GatewayStart): RunningGateway {
  return {
    origin: start.upstream,
    configSha256: null,
    headers: fillValues(start.gateway.request.headers, templateVariables(start)),
    startedAtMs: null,
    pids: () => [],
    servicePids: () => [],
    exited: new Promise(() => {}),
    exit: () => null,
    ready: async () => {},
    lostPort: () => null,
    logTail: async () => [],
    stop: async () => ({ graceful: true, portsFree: true }),
  };
}
