import { execa } from 'execa';
import semver from 'semver';
import type { Requirements } from '../model/gateway.js';

/** What asks each runtime for its version; the first word is what gateways are started with. */
const ASK: Record<keyof Requirements, [string, ...string[]]> = {
  node: ['node', '--version'],
  python: ['python3', '--version'],
};
const TITLES: Record<keyof Requirements, string> = { node: 'Node', python: 'Python' };
const TIMEOUT_MS = 20_000;

/**
 * The first runtime in PATH that hasn't the version a gateway needs; null where all are as required.
 * @param requires.python is for programs that run in PATH's Python; the method `pip` names the versions of its own
 */
export async function findUnmetRequirement(requires: Requirements): Promise<{ reason: string; hint: string } | null> {
  for (const runtime of ['node', 'python'] as const) {
    const range = requires[runtime];
    if (range === undefined) continue;
    const [program, ...args] = ASK[runtime];
    const { failed, stdout } = await execa(program, args, { reject: false, stdin: 'ignore', timeout: TIMEOUT_MS });
    const version = failed ? null : semver.coerce(stdout);
    if (version !== null && semver.satisfies(version, range)) continue;
    const what = version === null ? `there is no ${program} in PATH that runs` : `${program} in PATH is ${version}`;
    return {
      reason: `it needs ${TITLES[runtime]} ${range}, and ${what}`,
      hint: `put ${TITLES[runtime]} ${range} first in PATH`,
    };
  }
  return null;
}
