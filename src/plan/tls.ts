import { gatewayLabel, mergeProcess, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { Scenario } from '../model/scenario.js';

type Encrypted = Pick<Scenario, 'tls'>;

/** What a gateway does on each of its sides; the client's configuration knows of the upstream's, so it goes over it. */
const SIDES = [
  { side: 'upstream', does: 'ask its upstream over TLS' },
  { side: 'client', does: 'take requests over TLS' },
] as const;

/** Whether the upstream speaks TLS. Direct's does wherever anything does: what is beside it pays for TLS at least once. */
export function upstreamOverTls({ kind }: Pick<ResolvedGateway, 'kind'>, { tls }: Encrypted): boolean {
  return tls !== undefined && (tls.upstream || kind === 'direct');
}

/**
 * A gateway as a scenario over TLS needs it.
 * @returns the gateway, or why it can't be measured so: nothing is ever sent plainly instead
 */
export function overTls(
  gateway: ResolvedGateway,
  { tls }: Encrypted,
): { gateway: ResolvedGateway } | { reason: string; hint: string } {
  if (gateway.kind !== 'process' || tls === undefined) return { gateway };
  let { process } = gateway;
  for (const { side, does } of SIDES) {
    if (!tls[side]) continue;
    const spec = gateway.tls[side];
    if (spec === undefined) {
      return {
        reason: `it was not tried whether it can ${does}`,
        hint: `if it can, say how in tls.${side} of gateway.yaml of ${gatewayLabel(gateway)}`,
      };
    }
    if (spec.cannot !== undefined) {
      const other = side === 'client' ? 'tls-upstream' : 'tls-client';
      const hint = `see the README of ${gateway.name}; the scenario ${other} is for the other side alone`;
      return { reason: `it can't ${does}: ${spec.cannot}`, hint };
    }
    process = mergeProcess(process, spec.process);
  }
  return { gateway: { ...gateway, process } };
}
