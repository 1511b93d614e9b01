import { join } from 'node:path';
import { UsageError } from '../../lib/errors.js';
import { suggestion } from '../../lib/suggest.js';
import { readGatewaySets, SETS_FILE, strayMembers } from '../../store/gateway-sets.js';
import type { StoredGateway } from '../../store/gateways.js';
import { type Problem, unreadable } from './problem.js';

/** What is wrong with the sets of folders of gateways: the files themselves, and members that there aren't. */
export async function checkSets(
  roots: readonly string[],
  gateways: ReadonlyMap<string, StoredGateway>,
): Promise<Problem[]> {
  try {
    const sets = await readGatewaySets(roots, gateways);
    return strayMembers(sets, gateways).flatMap(({ set: { name, file, lineOf }, index, label }) => {
      if (file === null) return [];
      const at = ['sets', name, 'gateways', index];
      return {
        severity: 'error' as const,
        gateway: SETS_FILE,
        file,
        line: lineOf(at),
        field: at.join('.'),
        message: `there is no gateway "${label}"`,
        hint: suggestion(label, [...gateways.keys()]),
      };
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const file = roots.map((root) => join(root, SETS_FILE)).find((path) => error.message.includes(path));
    return unreadable(file ?? SETS_FILE, SETS_FILE, error);
  }
}
