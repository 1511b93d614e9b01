import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { fillTemplate } from '../lib/placeholders.js';
import { cleanEnvironment } from '../lib/process-environment.js';
import type { ProcessGateway } from '../model/resolved-gateway.js';
import { renderTemplate } from './rendered-template.js';

/** A manifest with every placeholder filled: what is really started. */
export interface RenderedGateway {
  command: string;
  args: string[];
  cwd: string;
  environment: Record<string, string>;
  /** Absolute path to contents. */
  files: Map<string, string>;
  stopCommand: string[] | null;
  /** sha256 over command, the manifest's environment and the files, with the work folder's name taken out. */
  configSha256: string;
}

/** Fill a manifest's templates. @throws ExpectedError for a missing template file or an unknown placeholder */
export async function renderGateway(gateway: ProcessGateway, values: Record<string, string>): Promise<RenderedGateway> {
  const fill = (text: string) => fillTemplate(text, values);
  const { process: spec } = gateway;
  const workDir = fill('{work}');
  const [command = '', ...args] = spec.command.map(fill);
  const environment = Object.fromEntries(Object.entries(spec.environment).map(([key, value]) => [key, fill(value)]));
  const files = new Map<string, string>();
  for (const { template, to } of spec.files) {
    const target = fill(to);
    const text = await renderTemplate(gateway, template, values, 'process.files');
    files.set(isAbsolute(target) ? target : join(workDir, target), text);
  }
  const neutral = (text: string) => text.replaceAll(workDir, '{work}');
  const hash = createHash('sha256').update(
    neutral(JSON.stringify({ command, args, environment, files: [...files.entries()] })),
  );
  return {
    command,
    args,
    cwd: fill(spec.cwd),
    environment: cleanEnvironment(workDir, environment),
    files,
    stopCommand: spec.stop.command?.map(fill) ?? null,
    configSha256: hash.digest('hex'),
  };
}
