import { DEFAULT_MOCK_PORT } from '../../cli/options/cell-options.js';
import { portsOf } from '../../gateway/readiness.js';
import { findInstallation, readFailure } from '../../install/receipt.js';
import { isListening } from '../../lib/listeners.js';
import { describeListeners } from '../../lib/port-check.js';
import type { Roots } from '../../lib/roots.js';
import { gatewayLabel, type ProcessGateway } from '../../model/resolved-gateway.js';
import { allVariants, readGateways } from '../../store/gateways.js';
import type { Check } from './check.js';

/** Whether each gateway is installed, and whether its ports are free. */
export async function gatewayChecks(roots: Roots): Promise<Check[]> {
  const gateways = allVariants(await readGateways(roots.gateways)).filter((gateway) => gateway.kind === 'process');
  const installs: Check[] = [];
  for (const gateway of gateways) installs.push(await installCheck(gateway, roots));
  const ports = new Map<number, string>([[DEFAULT_MOCK_PORT, 'the mock upstream']]);
  for (const gateway of gateways) for (const port of portsOf(gateway)) ports.set(port, gateway.name);
  return [...installs, ...portChecks(ports)];
}

async function installCheck(gateway: ProcessGateway, roots: Roots): Promise<Check> {
  const label = gatewayLabel(gateway);
  const subject = `gateway ${label}`;
  const found = await findInstallation(roots.installs, gateway);
  if (found.valid) {
    const { reportedVersion, reportedBy, method, pinnedBy } = found.receipt;
    return {
      subject,
      verdict: 'ok',
      message: `${reportedVersion} (${reportedBy}), by ${method}, pinned by ${pinnedBy}`,
    };
  }
  if (gateway.fallback) {
    return { subject, verdict: 'ok', message: `not installed; only needed where ${gateway.name} can’t be` };
  }
  const failure = await readFailure(roots.installs, gateway);
  if (!failure) return { subject, verdict: 'warn', message: found.reason, hint: `gatebench setup ${label}` };
  const tried = failure.failures.map(({ method, reason }) => `${method}: ${reason}`);
  return {
    subject,
    verdict: 'warn',
    message: [`${found.reason}; setup tried on ${failure.failedAt.slice(0, 10)}:`, ...tried].join('\n'),
    hint: failure.hint,
  };
}

function portChecks(ports: Map<number, string>): Check[] {
  const taken = [...ports].filter(([port]) => isListening(port));
  if (taken.length === 0) {
    const list = [...ports.keys()].sort((a, b) => a - b).join(', ');
    return [{ subject: 'ports', verdict: 'ok', message: `${list} are free` }];
  }
  return taken.map(([port, who]) => ({
    subject: `port ${port}`,
    verdict: 'fail',
    message: `needed by ${who}, taken by ${describeListeners(port)}`,
    hint: 'stop that process',
  }));
}
