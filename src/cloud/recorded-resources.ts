import type { CloudProvider, CloudResource } from '../model/cloud.js';
import type { PlannedResource } from './terraform-plan.js';

/**
 * What a plan makes, so that it can be named, found and removed even where Terraform's state doesn't have it.
 * @param variables of the module: they stand in for attributes that the provider fills in later, such as the project
 * @returns in the order in which they can be removed
 */
export function recordResources(
  planned: readonly PlannedResource[],
  provider: Pick<CloudProvider, 'resources'>,
  variables: Readonly<Record<string, unknown>>,
): CloudResource[] {
  const order = (type: string) => {
    const at = provider.resources.findIndex((resource) => resource.type === type);
    return at < 0 ? provider.resources.length : at;
  };
  return [...planned]
    .sort((a, b) => order(a.type) - order(b.type))
    .map(({ address, type, values }) => {
      const known = { ...variables, ...onlyKnown(values) };
      const kind = provider.resources.find((resource) => resource.type === type);
      return {
        address,
        name: typeof values.name === 'string' ? values.name : address,
        importId: kind?.importId ? fill(kind.importId, known) : null,
        removal: kind ? fill(kind.removal, known) : null,
      };
    });
}

/** Names of resources, each with the command that removes it, for people. */
export function formatResources(resources: readonly CloudResource[]): string {
  return resources
    .map(({ address, name, removal }) => {
      const what = name === address ? address : `${address} (${name})`;
      return removal === null ? `  ${what}` : `  ${what}\n    ${removal}`;
    })
    .join('\n');
}

/** Of the recorded resources those at these addresses; an address that wasn't recorded stands for itself. */
export function resourcesAt(addresses: readonly string[], recorded: readonly CloudResource[]): CloudResource[] {
  const rest = addresses.filter((address) => !recorded.some((resource) => resource.address === address));
  return [
    ...recorded.filter(({ address }) => addresses.includes(address)),
    ...rest.map((address) => ({ address, name: address, importId: null, removal: null })),
  ];
}

/** Null where something in braces isn't known. */
function fill(template: string, known: Readonly<Record<string, unknown>>): string | null {
  const parts = template.replace(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = known[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '\0';
  });
  return parts.includes('\0') ? null : parts;
}

function onlyKnown(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
