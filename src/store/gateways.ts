import { type Dirent, existsSync } from 'node:fs';
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
import { readYamlFile } from './yaml-file.js';

export interface StoredGateway {
  manifest: GatewayManifest;
  /** Absolute. */
  folder: string;
}

/** Every `gateways/<name>/gateway.yaml`, by name; folders that start with `_` are templates. */
export async function readGateways(root: string): Promise<Map<string, StoredGateway>> {
  const gateways = new Map<string, StoredGateway>();
  for (const entry of (await foldersIn(root)).sort((a, b) => a.name.localeCompare(b.name))) {
    const path = join(root, entry.name, 'gateway.yaml');
    if (!entry.isDirectory() || entry.name.startsWith('_') || !existsSync(path)) continue;
    const manifest = await readYamlFile(path, GatewayManifest, 'gateway manifest', migrateManifest);
    if (manifest.name !== basename(entry.name)) {
      throw new UsageError(
        `${path}: name is "${manifest.name}", but its folder is "${entry.name}"`,
        'give the folder and the gateway the same name',
      );
    }
    gateways.set(manifest.name, { manifest, folder: join(root, entry.name) });
  }
  return gateways;
}

async function foldersIn(root: string): Promise<Dirent[]> {
  try {
    return await readdir(root, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`the folder of gateways ${root} can't be read: ${messageOf(error)}`, 'check --gateways-dir');
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
  const [name = '', variant = DEFAULT_VARIANT] = label.split(':', 2);
  const stored = gateways.get(name);
  if (!stored) throw new UsageError(`unknown gateway "${name}"`, suggestion(name, [...gateways.keys(), ...others]));
  const names = variantNames(stored.manifest);
  if (!names.includes(variant)) {
    const labels = names.map((each) => gatewayLabel({ name, variant: each }));
    throw new UsageError(`gateway "${name}" has no variant "${variant}"`, suggestion(label, labels));
  }
  return resolveVariant(stored.manifest, variant, stored.folder);
}
