import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';
import { GatewayManifest } from '../../src/model/gateway.js';
import { type ResolvedGateway, resolveVariant, variantNames } from '../../src/model/resolved-gateway.js';

export const GATEWAYS = join(PACKAGE_ROOT, 'gateways');

/** Every folder with a manifest, the template too. */
export const FOLDERS = readdirSync(GATEWAYS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

export function readManifest(folder: string): GatewayManifest {
  return GatewayManifest.parse(parse(readFileSync(join(GATEWAYS, folder, 'gateway.yaml'), 'utf8')));
}

/** Every variant of every gateway, the template's too. */
export function everyVariant(): ResolvedGateway[] {
  return FOLDERS.flatMap((folder) => {
    const manifest = readManifest(folder);
    return variantNames(manifest).map((name) => resolveVariant(manifest, name, join(GATEWAYS, folder)));
  });
}

export function resolved(folder: string, variant: string): Extract<ResolvedGateway, { kind: 'process' }> {
  const gateway = resolveVariant(readManifest(folder), variant, join(GATEWAYS, folder));
  if (gateway.kind !== 'process') throw new Error(`${folder} is no process`);
  return gateway;
}
