import { ExpectedError, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import type { InstallReceipt } from '../../model/install-method.js';
import { gatewayLabel, type ProcessGateway } from '../../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../../model/run.js';
import { chooseGateways } from '../../plan/choose-gateways.js';
import { readGatewaySets } from '../../store/gateway-sets.js';
import { allVariants, findGateway, readGateways } from '../../store/gateways.js';
import { gatewayPresence, type Presence } from '../bench/gateway-presence.js';
import { requestedGateways } from '../bench/requested-gateways.js';
import { requireSound } from '../check/check-gateways.js';

/** A gateway that can be started here. */
export interface PresentGateway {
  label: string;
  gateway: ProcessGateway;
  /** As reported by what is installed. */
  version: string;
  receipt: InstallReceipt;
  installDir: string;
}

/** Gateways to measure, and those that can't be. */
export interface Chosen {
  present: PresentGateway[];
  /** As `plan` shows them. */
  skipped: { label: string; reason: string; hint: string | undefined }[];
}

/**
 * The gateways that labels and sets name, or those that are meant by default. Fallbacks stand in as in a run.
 * @param mockPort that none of them may use
 * @throws UsageError for an unknown one, or the direct baseline; ExpectedError where none can be started
 */
export async function choosePresent(labels: readonly string[], mockPort: number, roots: Roots): Promise<Chosen> {
  const stored = await readGateways(roots.gateways);
  const variants = allVariants(stored);
  const sets = await readGatewaySets(roots.gateways, stored);
  const named = requestedGateways(labels.length === 0 ? 'profilable' : [...labels], stored, sets);
  // Of a set, it is left out.
  const direct = named.find(({ kind, name }) => kind === 'direct' && labels.includes(name));
  if (direct !== undefined) {
    throw new UsageError(`${direct.name} is no gateway: nothing is started`, 'leave it out');
  }
  const requested = named.filter(({ kind }) => kind === 'process');
  const fallbacks = variants.filter((gateway) => gateway.kind === 'process' && gateway.fallback);
  const needed = [...requested, ...fallbacks.filter(({ name }) => requested.some((each) => each.name === name))];
  await requireSound(needed, stored, mockPort);
  const presenceOf = await gatewayPresence('process', roots);
  const presences = new Map<string, Presence>();
  for (const gateway of needed) presences.set(gatewayLabel(gateway), await presenceOf(gateway));
  const presence = (label: string): Presence => {
    const found = presences.get(label);
    if (found === undefined) throw new Error(`the presence of ${label} was not resolved`);
    return found;
  };
  const planned = chooseGateways(requested, fallbacks, (gateway) => presence(gatewayLabel(gateway)).readiness);
  const chosen: Chosen = { present: [], skipped: [] };
  for (const each of planned) {
    const label = labelOf(each);
    const gateway = findGateway(stored, label);
    const { receipt, installDir } = presence(label);
    if (each.skip !== null) chosen.skipped.push({ label, reason: each.skip.reason, hint: each.skip.hint });
    else if (gateway.kind === 'process' && receipt !== null) {
      chosen.present.push({ label, gateway, version: receipt.reportedVersion, receipt, installDir });
    }
  }
  if (chosen.present.length === 0) {
    const [first] = chosen.skipped;
    throw new ExpectedError(
      `none of these gateways can be started here${first === undefined ? '' : `: ${first.reason}`}`,
      first?.hint ?? 'install them with `gatebench setup`',
    );
  }
  return chosen;
}

/** Labels of a run's gateways that ran as processes. */
export function labelsOfRun({ gateways }: Pick<Run, 'gateways'>): string[] {
  return gateways.filter(({ gateway, image }) => gateway !== 'direct' && image === undefined).map(labelOf);
}

function labelOf({ gateway, variant }: Pick<PlannedGateway, 'gateway' | 'variant'>): string {
  return gatewayLabel({ name: gateway, variant });
}
