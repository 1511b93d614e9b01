import { z } from 'zod';
import { VersionProbe } from './gateway.js';
import { InstallMethod } from './install-method.js';
import { Name } from './names.js';

/** A `tools/<name>.yaml`: a load generator or profiler that is a program of its own, installed as gateways are. */
export const ToolManifest = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: Name,
  title: z.string(),
  homepage: z.url().optional(),
  version: z.string(),
  /** Tried in this order until one succeeds. */
  install: z.array(InstallMethod).min(1),
  versionProbe: VersionProbe,
});
export type ToolManifest = z.infer<typeof ToolManifest>;
