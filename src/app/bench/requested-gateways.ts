import type { AttachedSubject } from '../../gateway/attached-gateway.js';
import { UsageError } from '../../lib/errors.js';
import type { ResolvedGateway } from '../../model/resolved-gateway.js';
import { expandSets, type GatewaySets, labelsByDefault } from '../../store/gateway-sets.js';
import { allVariants, findGateway, type StoredGateway } from '../../store/gateways.js';
import type { RunRequest } from './run-request.js';

/**
 * The gateways that a request names, or those that it leaves the choice of.
 * @param wanted the variant that is chosen then, for direct its only one
 * @throws UsageError for an unknown one
 */
export function requestedGateways(
  request: RunRequest['gateways'],
  stored: Map<string, StoredGateway>,
  sets: GatewaySets,
  wanted?: string,
): ResolvedGateway[] {
  const labels = Array.isArray(request) ? expandSets(request, sets) : labelsByDefault(sets, stored);
  const gateways = labels.map((label) => findGateway(stored, label));
  const chosen = Array.isArray(request) || wanted === undefined ? gateways : variantsOf(gateways, stored, wanted);
  return request === 'profilable' ? chosen.filter(({ kind }) => kind === 'process') : chosen;
}

/** Direct as it is, and of each other gateway the wanted variant; those without it are left out. */
function variantsOf(
  gateways: readonly ResolvedGateway[],
  stored: Map<string, StoredGateway>,
  wanted: string,
): ResolvedGateway[] {
  const names = new Set(gateways.filter(({ kind }) => kind !== 'direct').map(({ name }) => name));
  const others = allVariants(stored).filter(({ name, variant }) => names.has(name) && variant === wanted);
  return [...gateways.filter(({ kind }) => kind === 'direct'), ...others];
}

/** What a gateway that runs already is measured beside: nothing, where nobody knows its upstream. */
export function besideDirect(attached: AttachedSubject, all: readonly ResolvedGateway[]): ResolvedGateway[] {
  const direct = attached.attached.upstream === 'mock' ? all.filter(({ kind }) => kind === 'direct') : [];
  if (direct.some(({ name }) => name === attached.name)) {
    throw new UsageError(`--name ${attached.name} is the baseline that it is measured beside`, 'give it another name');
  }
  return [...direct, attached];
}
