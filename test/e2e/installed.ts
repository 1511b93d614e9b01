import { findInstallation } from '../../src/install/receipt.js';
import { rootsOf } from '../../src/lib/roots.js';
import { gatewayLabel } from '../../src/model/resolved-gateway.js';
import { allVariants, readGateways } from '../../src/store/gateways.js';

/** No gateway, variants, and further baselines: where each takes half a minute, they would tell nothing new. */
export const SPARED = ['direct', 'litellm:workers', 'caddy', 'caddy:pool', 'haproxy'];

/** Labels of every gateway and variant that can run here, those of one scenario aside; says loudly which ones can't, and why. */
export async function installedLabels(): Promise<string[]> {
  const roots = rootsOf();
  const labels: string[] = [];
  for (const gateway of allVariants(await readGateways(roots.gateways))) {
    // In a scenario with one upstream, it turns from that one to itself.
    if (gateway.variant === 'failover') continue;
    const label = gatewayLabel(gateway);
    const found =
      gateway.kind === 'process' ? await findInstallation(roots.installs, gateway) : { valid: true as const };
    if (found.valid) labels.push(label);
    else process.stderr.write(`\nSKIPPED on this machine: ${label}: ${found.reason}\n`);
  }
  return labels;
}
