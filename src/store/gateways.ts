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
  /** Where the manifest's values are in its file. */
  place: Pick<YamlFile<unknown>, 'has' | 'lineOf'>;
}

/** A folder of gateways: those that can be read, by name, and why the others can't. */
export interface GatewaysFolder {
  gateways: Map<string, StoredGateway>;
  broken: { name: string; error: UsageError }[];
}

/**
 * Read every `gateways/<name>/gateway.yaml`; folders that start with `_` are templates.
 * @throws UsageError where the folder itself can't be read
 */
export async function readGatewaysFolder(root: string): Promise<GatewaysFolder> {
  const gateways: GatewaysFolder['gateways'] = new Map();
  const broken: GatewaysFolder['broken'] = [];
  for (const { name, ...entry } of (await foldersIn(root)).sort((a, b) => a.name.localeCompare(b.name))) {
    if (!entry.isFolder || name.startsWith('_') || !existsSync(join(root, name, MANIFEST_FILE))) continue;
    try {
      gateways.set(name, await readGateway(join(root, name)));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      broken.push({ name, error });
    }
  }
  return { gateways, broken };
}

/** {@link readGatewaysFolder}. @throws UsageError for everything that is wrong in any of the manifests */
export async function readGateways(root: string): Promise<Map<string, StoredGateway>> {
  const { gateways, broken } = await readGatewaysFolder(root);
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
  return { manifest: data, folder, place };
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
 * Find what `name` or `name:variant` means.
 * @param others names that could have been meant as well, for the suggestion
 * @throws UsageError that suggests the nearest name
 */
export function findGateway(
  gateways: Map<string, StoredGateway>,
  label: string,
  others: readonly string[] = [],
): ResolvedGateway {
  const [name = '', variant = DEFAULT_VARIANT, ...rest] = label.split(':');
  const stored = gateways.get(name);
  if (!stored) throw new UsageError(`unknown gateway "${name}"`, suggestion(name, [...gateways.keys(), ...others]));
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
