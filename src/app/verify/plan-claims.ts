import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Roots } from '../../lib/roots.js';
import { type ClaimScenario, claimScenarios } from '../../plan/claim-scenarios.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import { readClaims } from '../../store/claims.js';
import { readGateways } from '../../store/gateways.js';
import { makeFolder } from '../../store/make-folder.js';

export interface PlannedClaims extends ClaimScenario {
  /** Of the scenario that was written. */
  path: string;
}

/**
 * Write the scenarios that measure what can be measured of the published claims.
 * @param folder made where it is missing
 * @returns what was written, and the gateways of claims that have no manifest here
 */
export async function planClaims(
  folder: string,
  roots: Roots,
): Promise<{ planned: PlannedClaims[]; without: string[] }> {
  const [claims, gateways] = await Promise.all([readClaims(roots), readGateways(roots.gateways)]);
  const manifests = [...gateways.keys()];
  await makeFolder(folder);
  const planned: PlannedClaims[] = [];
  for (const each of claimScenarios(claims, manifests)) {
    const path = join(folder, `${each.scenario.name}.yaml`);
    await writeFileAtomic(path, stringify(each.scenario));
    planned.push({ ...each, path });
  }
  const without = [...new Set(claims.claims.map(({ gateway }) => gateway))].filter((name) => !manifests.includes(name));
  return { planned, without: without.sort() };
}
