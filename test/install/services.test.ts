import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installGateway } from '../../src/install/install-gateway.js';
import { findInstallation } from '../../src/install/receipt.js';
import {
  HOST,
  localServer,
  serve,
  setEnvironment,
  sha256,
  temporaryFolder,
  tinyGateway,
  tinyProgram,
} from './support.js';

const TINY = tinyProgram('v1.0.0');
const STORE = tinyProgram('7.2');

const download = (origin: string, path: string, program: string) => ({
  method: 'download',
  url: `${origin}${path}`,
  program: 'program',
  sha256: { [HOST]: sha256(program) },
});

/** A gateway with a service, both downloaded from here. */
async function gatewayWith(service: unknown[], more: Record<string, unknown> = {}) {
  const origin = await localServer(serve({ '/tiny': TINY, '/store': STORE }));
  const folder = await temporaryFolder();
  const store = {
    title: 'Store',
    install: service.length === 0 ? [download(origin, '/store', STORE)] : service,
    version: { command: ['{entry}'], pattern: 'tiny (\\S+)' },
    command: ['{entry}'],
    port: 8998,
  };
  const gateway = tinyGateway(folder, [download(origin, '/tiny', TINY)], { services: { store }, ...more });
  const options = { root: join(folder, '.gateways'), signal: new AbortController().signal };
  return { gateway, folder, options };
}

describe('a service of a gateway', () => {
  it('is installed with it, and is in its receipt', async () => {
    const { gateway, options } = await gatewayWith([]);
    const result = await installGateway(gateway, options);
    if (result.outcome !== 'installed') throw new Error(JSON.stringify(result));
    expect(result.receipt.services).toEqual({
      store: {
        entry: join(result.folder, 'services', 'store', 'program'),
        version: '7.2',
        method: 'download',
        pinnedBy: `sha256 ${sha256(STORE)}`,
      },
    });
    expect(await findInstallation(options.root, gateway)).toMatchObject({ valid: true });
    await writeFile(join(result.folder, 'services', 'store', 'program'), '');
  });

  it('is installed again where its own part of the manifest has changed', async () => {
    const { gateway, options } = await gatewayWith([]);
    await installGateway(gateway, options);
    const store = gateway.services.store;
    if (store === undefined) throw new Error('there is no store');
    const changed = { ...gateway, services: { store: { ...store, version: { ...store.version, pattern: '(.*)' } } } };
    expect(await findInstallation(options.root, changed)).toMatchObject({
      valid: false,
      reason: expect.stringContaining('has changed'),
    });
    // How it is run is no part of that.
    const elsewhere = { ...gateway, services: { store: { ...store, port: 8997 } } };
    expect(await findInstallation(options.root, elsewhere)).toMatchObject({ valid: true });
  });

  it('fails the installation where it can’t be installed, with the reason of each of its methods', async () => {
    setEnvironment({ GATEBENCH_STORE_BIN: '' });
    const { gateway, options } = await gatewayWith([{ method: 'existing', variable: 'GATEBENCH_STORE_BIN' }]);
    const result = await installGateway(gateway, options);
    expect(result).toMatchObject({
      outcome: 'failed',
      failures: [
        {
          method: 'download',
          reason: expect.stringMatching(/^Store, .* can't be installed: existing: GATEBENCH_STORE_BIN is not set/),
        },
      ],
    });
  });

  it('may be the user’s own program, and is noticed when that changes', async () => {
    const { gateway, folder, options } = await gatewayWith([
      { method: 'existing', variable: 'GATEBENCH_STORE_BIN' },
      { method: 'deb-unpack', packages: ['no-such-package'], program: 'x' },
    ]);
    const own = join(folder, 'own');
    await writeFile(own, STORE, { mode: 0o755 });
    setEnvironment({ GATEBENCH_STORE_BIN: own });
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'installed' });
    await writeFile(own, tinyProgram('7.3'));
    expect(await findInstallation(options.root, gateway)).toEqual({
      valid: false,
      reason: `Store, which runs beside it: ${own} has changed since its version was read`,
    });
  });
});

describe('afterInstall', () => {
  it('runs its steps once, in order, with placeholders', async () => {
    const script = 'require("fs").appendFileSync("steps", process.argv[1] + process.env.WHO + "\\n")';
    const step = (word: string) => ({ command: ['node', '-e', script, word], environment: { WHO: ' {version}' } });
    const { gateway, options } = await gatewayWith([], { afterInstall: [step('first'), step('second')] });
    const result = await installGateway(gateway, options);
    if (result.outcome === 'failed') throw new Error(JSON.stringify(result));
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'already' });
    expect(await readFile(join(result.folder, 'steps'), 'utf8')).toBe('first 1.0.0\nsecond 1.0.0\n');
    const other = { ...gateway, afterInstall: gateway.afterInstall.slice(1) };
    expect(await findInstallation(options.root, other)).toMatchObject({ valid: false });
  });

  it('fails the installation with a step', async () => {
    const step = { command: ['node', '-e', 'console.error("no schema"); process.exit(3)'] };
    const { gateway, options } = await gatewayWith([], { afterInstall: [step] });
    expect(await installGateway(gateway, options)).toMatchObject({
      outcome: 'failed',
      failures: [{ method: 'download', reason: expect.stringMatching(/exit code 3\nno schema/) }],
    });
  });
});

describe('requires', () => {
  it('refuses another Node than the gateway needs, at its installation and afterwards', async () => {
    const { gateway, options } = await gatewayWith([]);
    const requiring = (node: string) => ({ ...gateway, requires: { node } });
    const [major] = process.versions.node.split('.').map(Number);
    expect(await installGateway(requiring(`>=${(major ?? 0) + 1}`), options)).toMatchObject({
      outcome: 'failed',
      failures: [
        { reason: expect.stringMatching(/^it needs Node >=\d+, and node in PATH is \d/), hint: expect.any(String) },
      ],
    });
    expect(await installGateway(requiring(`>=${major}`), options)).toMatchObject({ outcome: 'installed' });
    expect(await findInstallation(options.root, requiring(`<${major}`))).toMatchObject({
      valid: false,
      reason: expect.stringContaining('it needs Node'),
    });
  });

  it('says that there is no Python', async () => {
    const { gateway, options } = await gatewayWith([]);
    setEnvironment({ PATH: await temporaryFolder() });
    expect(await installGateway({ ...gateway, requires: { python: '>=3.11' } }, options)).toMatchObject({
      failures: [{ reason: 'it needs Python >=3.11, and there is no python3 in PATH that runs' }],
    });
  });
});
