import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import { pathInside } from '../lib/path-inside.js';
import { fillTemplate } from '../lib/placeholders.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import { fillTemplateFile, type TemplateVariables } from './template-variables.js';

/** Templates beside the manifest, and where in the work folder they go. */
export type TemplateFiles = readonly { template: string; to: string }[];

/**
 * Fill the templates of a manifest.
 * @param setting what names them, for errors: "process.files"
 * @returns contents by absolute path
 * @throws ExpectedError for a missing file, an unknown placeholder, or a target outside of the work folder
 */
export async function renderFiles(
  gateway: Pick<ProcessGateway, 'name' | 'folder'>,
  templates: TemplateFiles,
  variables: TemplateVariables,
  { workDir, setting }: { workDir: string; setting: string },
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { template, to } of templates) {
    const target = pathInside(workDir, fillTemplate(to, variables));
    if (target === null) {
      throw new ExpectedError(
        `${gateway.name}: the file ${to} is not in the work folder`,
        `correct ${setting} in its gateway.yaml`,
      );
    }
    files.set(target, await fillTemplateFile(gateway, template, variables, setting));
  }
  return files;
}

/** Write the configuration, readable for workers of another user: its keys are dummies. */
export async function writeFiles(files: ReadonlyMap<string, string>, workDir: string): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await chmod(path, 0o644);
    for (let folder = dirname(path); folder.startsWith(join(workDir, '/')); folder = dirname(folder)) {
      await chmod(folder, 0o755);
    }
  }
}
