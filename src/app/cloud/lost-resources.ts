import type { Terraform } from '../../cloud/terraform.js';
import { ExpectedError } from '../../lib/errors.js';
import type { CloudResource } from '../../model/cloud.js';
import type { CloudFolder } from '../../store/cloud-folder.js';

/** A resource of which the provider couldn't say whether it exists. */
export interface UnknownResource {
  resource: CloudResource;
  why: string;
}

/**
 * Ask the provider for everything that was planned and isn't in Terraform's state, and take back what exists. A
 * provider forgets a resource when it is cut off, or loses its connection, while it waits for it; a state may be lost.
 * @returns those that it couldn't say anything about
 */
export async function recoverLost(
  folder: CloudFolder,
  terraform: Terraform,
  status: (text: string) => void,
): Promise<UnknownResource[]> {
  const inState = new Set(await terraform.resources());
  const unknown: UnknownResource[] = [];
  for (const resource of folder.state.resources) {
    const { address, importId } = resource;
    if (importId === null || inState.has(address)) continue;
    const adoption = await terraform.adopt(address, importId);
    switch (adoption.kind) {
      case 'adopted':
        status(`${resource.name} exists and was not in Terraform's state: taken back`);
        break;
      case 'unknown':
        unknown.push({ resource, why: adoption.why });
        break;
      case 'absent':
        break;
      default:
        adoption satisfies never;
    }
  }
  return unknown;
}

/** Wait for a Terraform that an earlier call left running. @param signal ends the waiting, not Terraform */
export async function awaitEarlierTerraform(
  terraform: Terraform,
  status: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const pid = terraform.running();
  if (pid === null) return;
  status(`waiting for the Terraform of an earlier call, which still runs (PID ${pid})`);
  await terraform.awaitRunning(signal);
  status('it has ended');
}

/** @throws ExpectedError where the provider couldn't say whether something exists: nothing is made beside it */
export function requireKnown(unknown: readonly UnknownResource[]): void {
  const [first] = unknown;
  if (first === undefined) return;
  throw new ExpectedError(
    `whether ${unknown.map(({ resource }) => resource.name).join(', ')} exists from an earlier attempt could not be found out: ${first.why}`,
    'fix what it says, then run this again',
  );
}
