import { newestVersion, packageOf } from '../../install/registries.js';
import { ExpectedError, messageOf } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { gatewayLabel, type ProcessGateway, type ResolvedGateway } from '../../model/resolved-gateway.js';
import { allVariants, findGateway, readGateways } from '../../store/gateways.js';

/** What a gateway is pinned to, and what its registry has. */
export interface OutdatedRow {
  /** `litellm`, `ferro:1.4.4`. */
  gateway: string;
  version: string;
  /** Null where nobody can be asked. */
  registry: string | null;
  package: string | null;
  newest: string | null;
  /** `newer`: the registry has a newer one. `ahead`: what is pinned is newer than what it offers as newest. */
  state: 'current' | 'newer' | 'ahead' | 'unknown';
  /** Why it is unknown, or why the newest can't be had. */
  reason: string | null;
}

const MAX_REASON = 200;

/**
 * Ask the registries what is newer than the pinned versions.
 * @param labels none for all gateways, and all variants that have a version of their own
 */
export async function findOutdated(
  labels: readonly string[],
  { roots, signal }: { roots: Roots; signal: AbortSignal },
): Promise<OutdatedRow[]> {
  const stored = await readGateways(roots.gateways);
  const wanted = labels.length > 0 ? labels.map((label) => findGateway(stored, label)) : allVariants(stored);
  const rows: OutdatedRow[] = [];
  for (const gateway of distinct(wanted)) rows.push(await rowOf(gateway, signal));
  return rows;
}

/** Variants of one version are one. */
function distinct(gateways: readonly ResolvedGateway[]): ProcessGateway[] {
  const byVersion = new Map<string, ProcessGateway>();
  for (const gateway of gateways) {
    if (gateway.kind !== 'process') continue;
    const key = `${gateway.name}@${gateway.version}`;
    if (!byVersion.has(key)) byVersion.set(key, gateway);
  }
  return [...byVersion.values()];
}

async function rowOf(gateway: ProcessGateway, signal: AbortSignal): Promise<OutdatedRow> {
  const row = { gateway: gatewayLabel(gateway), version: gateway.version, registry: null, package: null, newest: null };
  try {
    const found = await packageOf(gateway);
    if (found === null) {
      const reason = "no registry can be asked: a vendor's apt repository, a release file, or a program of your own";
      return { ...row, state: 'unknown', reason };
    }
    const newest = await newestVersion(found, { signal, log: () => {} });
    const named = { ...row, registry: newest.registry, package: newest.package, newest: newest.version };
    const refused = gateway.refuseVersions[newest.version];
    const order = compareVersions(newest.version, gateway.version);
    const state = order === 0 ? 'current' : order > 0 ? 'newer' : 'ahead';
    return { ...named, state, reason: refused === undefined ? null : `refused: ${refused}` };
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    signal.throwIfAborted();
    return { ...row, state: 'unknown', reason: messageOf(error).replaceAll('\n', ' ').slice(0, MAX_REASON) };
  }
}

/** By their numbers from left to right, as far as any differ; a version with a suffix behind them, `1.2.0rc1`, is before the one without. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => {
    const [, numbers = '', suffix = ''] = /^v?(\d+(?:\.\d+)*)(.*)$/.exec(version.trim()) ?? [];
    return { numbers: numbers.split('.').map(Number), suffix: suffix.replace(/^\+.*/, '') };
  };
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.numbers.length, right.numbers.length); index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  if (left.suffix === right.suffix) return 0;
  if (left.suffix === '' || right.suffix === '') return left.suffix === '' ? 1 : -1;
  return left.suffix < right.suffix ? -1 : 1;
}
