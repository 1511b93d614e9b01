import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { ALL_GATEWAYS, type GatewaySet, GatewaySetsFile } from '../model/gateway-sets.js';
import { DEFAULT_VARIANT } from '../model/resolved-gateway.js';
import type { StoredGateway } from './gateways.js';
import { readYamlDocument, type YamlFile } from './yaml-file.js';

export const SETS_FILE = 'sets.yaml';

/** What begins the name of a set where gateways are named: `@today`. */
export const SET_MARK = '@';

/** A set with the file that defines it; null for that of all gateways. */
export interface StoredSet extends GatewaySet {
  name: string;
  file: string | null;
  lineOf: YamlFile<unknown>['lineOf'];
}

/** The sets of all folders of gateways. */
export interface GatewaySets {
  byName: ReadonlyMap<string, StoredSet>;
  /** Labels that are meant where none is given; null for every gateway. */
  defaultLabels: readonly string[] | null;
}

/**
 * Read the `sets.yaml` of each folder of gateways, where there is one.
 * @param roots of two sets with one name, the one in the earlier folder counts
 * @param gateways that these folders hold
 * @throws UsageError with file and line where one isn't as it should be
 */
export async function readGatewaySets(
  roots: readonly string[],
  gateways: ReadonlyMap<string, StoredGateway>,
): Promise<GatewaySets> {
  const byName = new Map<string, StoredSet>();
  let defaultLabels: string[] | null = null;
  for (const [index, root] of roots.entries()) {
    const file = join(root, SETS_FILE);
    if (!existsSync(file)) continue;
    const { data, lineOf } = await readYamlDocument(file, GatewaySetsFile, 'file of sets');
    for (const [name, set] of Object.entries(data.sets)) {
      if (!byName.has(name)) byName.set(name, { ...set, name, file, lineOf });
    }
    if (data.default === undefined || defaultLabels !== null) continue;
    // Whoever has gateways of their own wants them measured beside the others.
    const nearer = new Set(roots.slice(0, index));
    const own = [...gateways.values()].filter(({ folder }) => nearer.has(dirname(folder)));
    const labels = data.sets[data.default]?.gateways ?? [];
    defaultLabels = [...new Set([...labels, ...own.map(({ manifest }) => manifest.name)])];
  }
  const all = { title: 'Every gateway', gateways: [...gateways.keys()] };
  byName.set(ALL_GATEWAYS, { ...all, name: ALL_GATEWAYS, file: null, lineOf: () => 1 });
  return { byName, defaultLabels };
}

/**
 * Put the gateways of a set in its place, each gateway once.
 * @param labels gateways, and sets such as `@today`
 * @throws UsageError that suggests the nearest name, for a set that there isn't
 */
export function expandSets(labels: readonly string[], { byName }: GatewaySets): string[] {
  const expanded = labels.flatMap((label) => {
    if (!label.startsWith(SET_MARK)) return [label];
    const name = label.slice(SET_MARK.length);
    const set = byName.get(name);
    if (set !== undefined) return set.gateways;
    throw new UsageError(
      `unknown set of gateways "${label}"`,
      suggestion(
        label,
        [...byName.keys()].map((each) => SET_MARK + each),
      ),
    );
  });
  return [...new Set(expanded)];
}

/** The labels that are meant where none is given. */
export function labelsByDefault(
  { defaultLabels }: GatewaySets,
  gateways: ReadonlyMap<string, StoredGateway>,
): string[] {
  return [...(defaultLabels ?? gateways.keys())];
}

/** A member of a set that is no gateway. */
export interface StrayMember {
  set: StoredSet;
  index: number;
  label: string;
}

/** Members of sets that aren't among the gateways. */
export function strayMembers({ byName }: GatewaySets, gateways: ReadonlyMap<string, StoredGateway>): StrayMember[] {
  return [...byName.values()].flatMap((set) =>
    set.gateways.flatMap((label, index) => (isKnown(label, gateways) ? [] : [{ set, index, label }])),
  );
}

function isKnown(label: string, gateways: ReadonlyMap<string, StoredGateway>): boolean {
  const [name = '', variant = DEFAULT_VARIANT] = label.split(':');
  const manifest = gateways.get(name.split('@')[0] ?? '')?.manifest;
  return manifest !== undefined && (variant === DEFAULT_VARIANT || variant in manifest.variants);
}
