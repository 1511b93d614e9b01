import type { ContainerEngineName, RuntimeName } from '../model/runtime.js';
import { startContainerGateway } from './container-gateway.js';
import type { GatewayDriver } from './gateway-driver.js';
import { localDriver } from './local-driver.js';

/** Gateways whose manifest names an image as containers, the others as processes of this machine. */
function containerDriver(engine: ContainerEngineName): GatewayDriver {
  return {
    preflight: localDriver.preflight,
    async start(start) {
      const { gateway } = start;
      return gateway.kind === 'process' && gateway.container !== null
        ? startContainerGateway(gateway, gateway.container, engine, start)
        : localDriver.start(start);
    },
  };
}

/** What `--runtime` comes to. */
export function driverFor(runtime: RuntimeName): GatewayDriver {
  return runtime === 'process' ? localDriver : containerDriver(runtime);
}
