import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fillTemplate } from '../lib/placeholders.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import { fillTemplateFile, type TemplateVariables } from './template-variables.js';

/** Templates beside the manifest, and where in the work folder they go. */
export type TemplateFiles = readonly { template: string; to: string }[];

/**
 * Fill the templates of a manifest.
 * @param setting what names them, for errors: "process.files"
 * @returns contents by absolute path
 * @throws ExpectedError for a missing file or an unknown placeholder
 */
export async function renderFiles(
  gateway: Pick<ProcessGateway, 'name' | 'folder'>,
  templates: TemplateFiles,
  variables: TemplateVariables,
  { workDir, setting }: { workDir: string; setting: string },
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { template, to } of templates) {
    const target = fillTemplate(to, variables);
    const text = await fillTemplateFile(gateway, template, variables, setting);
    files.set(isAbsolute(target) ? target : join(workDir, target), text);
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
