import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containerVariables, renderContainer } from '../../src/gateway/render-container.js';
import { hashRecipe } from '../../src/install/receipt.js';
import { fillTemplate, placeholdersIn } from '../../src/lib/placeholders.js';
import { gatewayLabel, type ProcessGateway } from '../../src/model/resolved-gateway.js';
import { everyVariant, FOLDERS, GATEWAYS, readManifest } from './read.js';

const PROCESSES = everyVariant().filter((gateway): gateway is ProcessGateway => gateway.kind === 'process');
const labelled = PROCESSES.map((gateway) => [gatewayLabel(gateway), gateway] as const);

function valuesFor({ process, version }: ProcessGateway): Record<string, string> {
  const upstreams = ['upstream', 'upstream2'].flatMap((name) => [name, `${name}Host`, `${name}Port`]);
  const names = ['install', 'work', 'listen', 'folder', 'entry', ...upstreams, 'upstreamKey', 'upstreamModel', 'cores'];
  const ports = Object.entries(process.ports).map(([name, port]) => [`ports.${name}`, String(port)]);
  return {
    ...Object.fromEntries(names.map((name) => [name, `<${name}>`])),
    ...Object.fromEntries(ports),
    port: String(process.port),
    version,
  };
}

describe('every gateway', () => {
  it('is there', () => {
    expect(FOLDERS).toEqual(
      expect.arrayContaining(['_template', 'bifrost', 'direct', 'ferro', 'kong', 'litellm', 'nginx', 'portkey']),
    );
  });

  it.each(FOLDERS)('%s has a valid manifest, named as its folder, and a README', (folder) => {
    const { name } = readManifest(folder);
    expect(folder.startsWith('_') ? '' : name).toBe(folder.startsWith('_') ? '' : folder);
    expect(readFileSync(join(GATEWAYS, folder, 'README.md'), 'utf8')).toMatch(/^# /);
  });

  it('has a colour and a port of its own', () => {
    const manifests = FOLDERS.map(readManifest);
    const colours = manifests.map(({ colour }) => colour);
    expect(new Set(colours).size).toBe(colours.length);
    const ports = manifests.flatMap((manifest) =>
      manifest.kind === 'process' ? [manifest.process.port, ...Object.values(manifest.process.ports)] : [],
    );
    expect(new Set(ports).size).toBe(ports.length);
    // The mock upstream's.
    expect(ports).not.toContain(9000);
  });
});

const contained = PROCESSES.flatMap((gateway) =>
  gateway.container === null ? [] : [[gatewayLabel(gateway), gateway, gateway.container] as const],
);

describe.each(contained)('%s in a container', (_label, gateway, container) => {
  it('renders with what exists inside, and names its version', async () => {
    const rendered = await renderContainer(gateway, container, containerVariables(valuesFor(gateway)));
    const texts = [...(rendered.command ?? []), ...Object.values(rendered.environment), ...rendered.files.values()];
    expect(texts.flatMap(placeholdersIn)).toEqual([]);
    // The tag is for people, and must not tell them another version than the one compared.
    expect(container.image).toContain(`:${gateway.version}@sha256:`);
  });
});

describe.each(labelled)('%s', (_label, gateway) => {
  const values = valuesFor(gateway);

  it('uses placeholders that exist', () => {
    const { process, request, versionProbe } = gateway;
    const texts = [
      ...process.command,
      process.cwd,
      ...Object.values(process.environment),
      ...(process.stop.command ?? []),
      ...Object.values(process.health.headers),
      ...Object.values(request.headers),
      ...process.files.map(({ template }) => readFileSync(join(gateway.folder, template), 'utf8')),
    ];
    for (const text of texts) expect(placeholdersIn(fillTemplate(text, values))).toEqual([]);
    const known = ['entry', 'install', 'folder', 'version'];
    const probed = versionProbe.from === 'command' ? versionProbe.command : [];
    expect(probed.flatMap(placeholdersIn).every((name) => known.includes(name))).toBe(true);
  });

  it('has a pattern with a group, where it asks a command for the version', () => {
    const { versionProbe } = gateway;
    const pattern = versionProbe.from === 'command' ? versionProbe.pattern : '()';
    expect(new RegExp(`${pattern}|`).exec('')?.length).toBeGreaterThan(1);
  });

  it('names files that are there', async () => {
    for (const { template } of gateway.process.files) expect(existsSync(join(gateway.folder, template))).toBe(true);
    // Reads the lock files and overlays; the template has none.
    await expect(hashRecipe(gateway)).resolves.toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a health check on a port that it has, and no refused version', () => {
    const { health, ports } = gateway.process;
    expect(health.port === undefined || health.port in ports).toBe(true);
    expect(Object.keys(gateway.refuseVersions)).not.toContain(gateway.version);
  });
});
