import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256 } from '../lib/sha256.js';
import type { ResolvedGateway } from '../model/resolved-gateway.js';
import type { GatewayBasis } from '../model/run-basis.js';

/** Hash of data as JSON. Keys are in the order of the data's schema, whatever order they were written in. */
export function sha256OfJson(value: unknown): string {
  return sha256(JSON.stringify(value));
}

/** A gateway's definition as it is in its folder now. @param installed what of it is installed; null for nothing */
export async function gatewayBasis(gateway: ResolvedGateway, installed: string | null): Promise<GatewayBasis> {
  if (gateway.kind === 'attached') {
    const { pid: _, ...attached } = gateway.attached;
    return { manifestSha256: sha256OfJson(attached), files: {}, installed };
  }
  const { folder, ...manifest } = gateway;
  const files: GatewayBasis['files'] = {};
  for (const path of await filesIn(folder)) files[relative(folder, path)] = sha256(await readFile(path));
  return { manifestSha256: sha256OfJson(manifest), files, installed };
}

/** Ascending. The manifest has a hash of its own; notes for people and hidden files configure nothing. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const paths = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .map(async (entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesIn(path);
        return entry.isFile() && entry.name !== 'gateway.yaml' && !entry.name.endsWith('.md') ? [path] : [];
      }),
  );
  return paths.flat().sort();
}
