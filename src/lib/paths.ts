import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own folder: where package.json, gateways/ and scenarios/ are, from sources and from dist alike. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/**
 * Whether this is a checkout, and not an installed package, whose folder may be another user's and is replaced with the
 * next version. npm never packs a package-lock.json.
 */
export const IS_CHECKOUT = existsSync(join(PACKAGE_ROOT, 'package-lock.json'));

function findRoot(from: string): string {
  const parent = dirname(from);
  if (existsSync(join(from, 'package.json')) || parent === from) return from;
  return findRoot(parent);
}

/** A compiled program of this package, to be run by Node: `mock-upstream/main`, `src/load/autocannon/worker`. */
export function compiledProgram(name: string): string {
  return join(PACKAGE_ROOT, 'dist', `${name}.js`);
}

/** `version` in a package.json. */
export function packageVersion(folder: string): string {
  const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string') {
    return value.version;
  }
  throw new Error(`${folder}/package.json has no version`);
}
