import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../lib/errors.js';
import { suggestion } from '../lib/suggest.js';
import { Scenario } from '../model/scenario.js';
import { completeScenario } from './migrate.js';
import { readYamlFile } from './yaml-file.js';

/** Every `scenarios/<name>.yaml`, sorted by name. */
export async function readScenarios(root: string): Promise<Scenario[]> {
  const files = (await readdir(root)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(files.map((name) => readYamlFile(join(root, name), Scenario, 'scenario', completeScenario)));
}

/**
 * A scenario by its name, or by the path of its file.
 * @throws UsageError that suggests the nearest name
 */
export async function findScenario(root: string, nameOrPath: string): Promise<Scenario> {
  const named = join(root, `${nameOrPath}.yaml`);
  if (!nameOrPath.includes('/') && existsSync(named))
    return readYamlFile(named, Scenario, 'scenario', completeScenario);
  const path = resolve(nameOrPath);
  if (existsSync(path)) return readYamlFile(path, Scenario, 'scenario', completeScenario);
  const names = (await readdir(root)).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5));
  throw new UsageError(
    `unknown scenario "${nameOrPath}"`,
    `${suggestion(nameOrPath, names)}; or give the path of a file`,
  );
}
