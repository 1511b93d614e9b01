import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { CloudProvider } from '../model/cloud.js';
import { readYamlFile } from './yaml-file.js';

/** A folder for each. */
export async function providerNames(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** @throws UsageError where there is no such provider, or its provider.yaml is wrong */
export async function readProvider(root: string, name: string): Promise<CloudProvider> {
  const known = await providerNames(root);
  if (!known.includes(name)) throw new UsageError(`unknown provider "${name}"`, suggestion(name, known));
  return readYamlFile(join(root, name, 'provider.yaml'), CloudProvider, 'provider');
}

/** Names of the variables that a provider's module has. */
export async function moduleVariables(root: string, name: string): Promise<string[]> {
  const files = (await readdir(join(root, name))).filter((file) => file.endsWith('.tf'));
  const texts = await Promise.all(files.map((file) => readFile(join(root, name, file), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^\s*variable\s+"([^"]+)"/gm)].map(([, variable = '']) => variable));
}

/**
 * Copy a provider's module: an environment keeps the one that made it, so that `down` still fits after the checkout
 * has moved on.
 */
export async function copyModule(root: string, name: string, into: string): Promise<void> {
  await cp(join(root, name), into, {
    recursive: true,
    filter: (path) =>
      !/(^|\/)(\.terraform|[^/]*\.tfstate[^/]*|[^/]*\.tfvars|[^/]*\.tfvars\.json)$/.test(path.slice(root.length)),
  });
}
