import { DEFAULT_VARIANT, gatewayLabel, type ResolvedGateway } from '../model/resolved-gateway.js';
import type { PlannedGateway } from '../model/run.js';

/** Whether a gateway can be started here. */
export type Readiness =
  | {
      ready: true;
      version: string | null;
      /** Image of its container. */
      image?: string;
      /** Shown in the plan. */
      note?: string;
    }
  | { ready: false; reason: string; hint: string };

/**
 * Decide whether each requested gateway runs, is replaced by a fallback variant, or is skipped and why.
 * @param requested in the order requested
 * @param fallbacks variants that may replace the default one
 * @param readinessOf whether a gateway is installed
 */
export function chooseGateways(
  requested: readonly ResolvedGateway[],
  fallbacks: readonly ResolvedGateway[],
  readinessOf: (gateway: ResolvedGateway) => Readiness,
): PlannedGateway[] {
  const chosen = requested.map((gateway) => planGateway(gateway, fallbacks, readinessOf));
  const seen = new Set<string>();
  return chosen.filter(({ gateway, variant }) => {
    const key = gatewayLabel({ name: gateway, variant });
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function planGateway(
  wanted: ResolvedGateway,
  fallbacks: readonly ResolvedGateway[],
  readinessOf: (gateway: ResolvedGateway) => Readiness,
): PlannedGateway {
  const readiness = readinessOf(wanted);
  const planned = { gateway: wanted.name, variant: wanted.variant, title: wanted.title };
  if (readiness.ready) {
    const { version, image, note } = readiness;
    return {
      ...planned,
      skip: null,
      version,
      ...(image === undefined ? {} : { image }),
      ...(note === undefined ? {} : { note }),
    };
  }
  if (wanted.variant === DEFAULT_VARIANT) {
    for (const candidate of fallbacks) {
      if (candidate.name !== wanted.name) continue;
      const other = readinessOf(candidate);
      if (!other.ready) continue;
      const version = wanted.kind === 'process' ? ` ${wanted.version}` : '';
      return {
        gateway: candidate.name,
        variant: candidate.variant,
        title: candidate.title,
        skip: null,
        version: other.version,
        ...(other.image === undefined ? {} : { image: other.image }),
        note: `fallback for ${wanted.name}${version}, which is not installed here`,
      };
    }
  }
  return { ...planned, skip: { reason: readiness.reason, hint: readiness.hint }, version: null };
}
