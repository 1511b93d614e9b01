import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../lib/errors.js';
import type { InstallSubject } from '../model/install-subject.js';
import { ToolManifest } from '../model/tool.js';
import { migrateManifest } from './migrate.js';
import { readYamlFile } from './yaml-file.js';

/** Every `tools/<name>.yaml`, by name, ready to be installed. */
export async function readTools(root: string): Promise<Map<string, InstallSubject>> {
  const tools = new Map<string, InstallSubject>();
  for (const file of (await readdir(root)).filter((name) => name.endsWith('.yaml')).sort()) {
    const path = join(root, file);
    const { name, version, install, versionProbe } = await readYamlFile(
      path,
      ToolManifest,
      'tool manifest',
      migrateManifest,
    );
    if (name !== basename(file, '.yaml')) {
      throw new UsageError(`${path}: name is "${name}", but the file is "${file}"`, 'give both the same name');
    }
    tools.set(name, { name, version, install, versionProbe, folder: root, refuseVersions: {} });
  }
  return tools;
}
