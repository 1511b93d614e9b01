import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../src/lib/paths.js';

const PROGRAM = join(PACKAGE_ROOT, 'test', 'fixtures', 'fake-gateway', 'fake-gateway.mjs');

/** The environment variable by which `setup` takes this Node as the fake gateways' program. */
export const FAKE_ENVIRONMENT = { GATEBENCH_FAKE_BIN: process.execPath };

/** The manifest of a fake gateway, as data. */
export function fakeManifest(name: string, port: number, mode: string, process_: Record<string, unknown> = {}) {
  return {
    schemaVersion: 1,
    kind: 'process',
    name,
    title: `Fake ${mode}`,
    language: 'Node',
    colour: '#336699',
    version: process.versions.node,
    install: [{ method: 'existing', variable: 'GATEBENCH_FAKE_BIN' }],
    versionProbe: { from: 'command', command: ['{entry}', '--version'], pattern: 'v(\\S+)' },
    process: {
      command: ['{entry}', PROGRAM, '--port', '{port}', '--upstream', '{upstream}', '--mode', mode],
      port,
      health: { path: '/health', timeoutS: 5 },
      stop: { signal: 'SIGTERM', graceS: 1 },
      ...process_,
    },
  };
}

export const DIRECT = {
  schemaVersion: 1,
  kind: 'direct',
  name: 'direct',
  title: 'Direct',
  language: 'none',
  colour: '#888888',
};

/** A folder of gateways as `--gateways-dir` takes it, and a scenario beside it. */
export async function gatewaysFolder(
  manifests: { name: string }[],
): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  for (const manifest of manifests) {
    await mkdir(join(path, manifest.name), { recursive: true });
    await writeFile(join(path, manifest.name, 'gateway.yaml'), stringify(manifest));
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
