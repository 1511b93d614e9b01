import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { GatewayManifest } from '../model/gateway.js';
import {
  DEFAULT_VARIANT,
  gatewayLabel,
  type ResolvedGateway,
  resolveVariant,
  variantNames,
} from '../model/resolved-gateway.js';
import { migrateManifest } from './migrate.js';
import { readYamlDocument, type YamlFile } from './yaml-file.js';

export const MANIFEST_FILE = 'gateway.yaml';

export interface StoredGateway {
  manifest: GatewayManifest;
  /** Absolute. */
  folder: string;
  /** Of a gateway of the same name in a later folder, which this one is used instead of. */
  replaces: string | null;
  /** Where the manifest's values are in its file. */
  place: Pick<YamlFile<unknown>, 'has' | 'lineOf'>;
}

/** Folders of gateways: those that can be read, by name, and why the others can't. */
export interface GatewaysFolders {
  gateways: Map<string, StoredGateway>;
  broken: { name: string; folder: string; error: UsageError }[];
}

/**
 * Read every `<name>/gateway.yaml`; folders that start with `_` are templates.
 * @param roots of two gateways with one name, the one in the earlier folder counts
 * @throws UsageError where a folder itself can't be read
 */
export async function readGatewaysFolders(roots: readonly string[]): Promise<GatewaysFolders> {
  const folders = new Map<string, { folder: string; replaces: string | null }>();
  for (const root of [...roots].reverse()) {
    for (const { name, isFolder } of await foldersIn(root)) {
      const folder = join(root, name);
      if (!isFolder || name.startsWith('_') || !existsSync(join(folder, MANIFEST_FILE))) continue;
      folders.set(name, { folder, replaces: folders.get(name)?.folder ?? null });
    }
  }
  const gateways: GatewaysFolders['gateways'] = new Map();
  const broken: GatewaysFolders['broken'] = [];
  for (const [name, { folder, replaces }] of [...folders].sort(([a], [b]) => a.localeCompare(b))) {
    try {
      gateways.set(name, { ...(await readGateway(folder)), replaces });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      broken.push({ name, folder, error });
    }
  }
  return { gateways, broken };
}

/** {@link readGatewaysFolders}. @throws UsageError for everything that is wrong in any of the manifests */
export async function readGateways(roots: readonly string[]): Promise<Map<string, StoredGateway>> {
  const { gateways, broken } = await readGatewaysFolders(roots);
  const [first] = broken;
  if (first === undefined) return gateways;
  throw new UsageError(broken.map(({ error }) => error.message).join('\n'), first.error.hint);
}

/**
 * Read the gateway of one folder.
 * @param folder absolute
 * @throws UsageError with file, line and what is expected
 */
export async function readGateway(folder: string): Promise<StoredGateway> {
  const path = join(folder, MANIFEST_FILE);
  const { data, ...place } = await readYamlDocument(path, GatewayManifest, 'gateway manifest', migrateManifest);
  const name = basename(folder);
  if (data.name !== name && !name.startsWith('_')) {
    throw new UsageError(
      `${path}:${place.lineOf(['name'])}: name is "${data.name}", but its folder is "${name}"`,
      'give the folder and the gateway the same name',
    );
  }
  return { manifest: data, folder, replaces: null, place };
}

async function foldersIn(root: string): Promise<{ name: string; isFolder: boolean }[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    throw new UsageError(
      `the folder of gateways ${root} can't be read: ${messageOf(error)}`,
      'give a folder of gateways',
    );
  }
}

/** All variants of all gateways. */
export function allVariants(gateways: Map<string, StoredGateway>): ResolvedGateway[] {
  return [...gateways.values()].flatMap(({ manifest, folder }) =>
    variantNames(manifest).map((variant) => resolveVariant(manifest, variant, folder)),
  );
}

/**
 * Find what `name`, `name:variant` or `name@version` means.
 * @param others names that could have been meant as well, for the suggestion
 * @throws UsageError that suggests the nearest name
 */
export function findGateway(
  gateways: Map<string, StoredGateway>,
  label: string,
  others: readonly string[] = [],
): ResolvedGateway {
  const [plain = '', version, ...more] = label.split('@');
  const [name = '', variant = DEFAULT_VARIANT, ...rest] = plain.split(':');
  const stored = gateways.get(name);
  if (!stored) throw new UsageError(`unknown gateway "${name}"`, suggestion(name, [...gateways.keys(), ...others]));
  if (version !== undefined) return findVersion(stored, plain, [version, ...more].join('@'));
  const names = variantNames(stored.manifest);
  if (!names.includes(variant) || rest.length > 0) {
    const labels = names.map((each) => gatewayLabel({ name, variant: each }));
    throw new UsageError(
      `gateway "${name}" has no variant "${[variant, ...rest].join(':')}"`,
      suggestion(label, labels),
    );
  }
  return resolveVariant(stored.manifest, variant, stored.folder);
}

/**
 * The variant that is a version of a gateway: the default, else the one that is named after the version, else the first.
 * @param label `name`, or `name:variant` for that variant only
 */
function findVersion({ manifest, folder }: StoredGateway, label: string, wanted: string): ResolvedGateway {
  const { name } = manifest;
  const bare = wanted.replace(/^v/, '');
  const all = variantNames(manifest).map((variant) => resolveVariant(manifest, variant, folder));
  const fitting = all.filter(
    (gateway) =>
      gateway.kind === 'process' && gateway.version === bare && (label === name || gatewayLabel(gateway) === label),
  );
  const found =
    fitting.find(({ variant }) => variant === DEFAULT_VARIANT) ??
    fitting.find(({ variant }) => variant === bare) ??
    fitting[0];
  if (found !== undefined) return found;
  const versions = new Set(all.flatMap((gateway) => (gateway.kind === 'process' ? `${name}@${gateway.version}` : [])));
  throw new UsageError(
    `gateway "${label}" has no version "${wanted}"`,
    `there are: ${[...versions].join(', ')}; \`gatebench upgrade ${name} ${bare || '<version>'} --beside\` adds one`,
  );
}
