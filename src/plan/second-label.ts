import { gatewayLabel } from '../model/resolved-gateway.js';
import type { PlannedGateway, Run } from '../model/run.js';

/** What names a gateway for the second time; `again` is a variant of its own, were there one of that name. */
const SECOND = 'again';

/**
 * Plan one gateway twice, for an A/A run: the second time as a variant that is none, in the same blocks.
 * @param variants names of the gateway's variants
 */
export function withSecondLabel(
  planned: PlannedGateway,
  variants: readonly string[],
): { gateways: PlannedGateway[]; aa: NonNullable<Run['aa']> } {
  const { gateway, variant, title } = planned;
  let second = variant === 'default' ? SECOND : `${variant}-${SECOND}`;
  while (variants.includes(second)) second += `-${SECOND}`;
  const label = (name: string) => gatewayLabel({ name: gateway, variant: name });
  return {
    gateways: [planned, { ...planned, variant: second, title: `${title} (again)` }],
    aa: { gateway: label(variant), copy: label(second) },
  };
}

/** The label by which a gateway is defined: that of an A/A run's second label is the first. */
export function definedLabel({ aa }: Pick<Run, 'aa'>, label: string): string {
  return aa !== null && aa.copy === label ? aa.gateway : label;
}
