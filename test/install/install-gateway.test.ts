import { access, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type InstallOptions, installGateway } from '../../src/install/install-gateway.js';
import { findInstallation, readFailure } from '../../src/install/receipt.js';
import { InterruptedError } from '../../src/lib/errors.js';
import { InstallReceipt } from '../../src/model/install-method.js';
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

const GOOD = tinyProgram('v1.0.0');

/** A method that downloads one of these programs. */
function downloadOf(origin: string, path: string, program: string) {
  return { method: 'download', url: `${origin}${path}`, program: 'tiny', sha256: { [HOST]: sha256(program) } };
}

async function optionsFor(root: string, more: Partial<InstallOptions> = {}): Promise<InstallOptions> {
  return { root, signal: new AbortController().signal, ...more };
}

async function oneGoodMethod() {
  const origin = await localServer(serve({ '/good': GOOD }));
  const folder = await temporaryFolder();
  const options = await optionsFor(join(folder, '.gateways'));
  return { origin, folder, options, gateway: tinyGateway(folder, [downloadOf(origin, '/good', GOOD)]) };
}

describe('installGateway', () => {
  it('installs, and leaves a receipt and a log', async () => {
    const { gateway, options } = await oneGoodMethod();
    const lines: string[] = [];
    const result = await installGateway(gateway, { ...options, onLine: (line) => lines.push(line) });
    if (result.outcome !== 'installed') throw new Error(JSON.stringify(result));
    expect(result.folder).toBe(join(options.root, 'tiny', '1.0.0'));
    expect(result.receipt).toMatchObject({
      gateway: 'tiny',
      version: '1.0.0',
      reportedVersion: '1.0.0',
      reportedBy: 'tiny --version',
      method: 'download',
      entry: join(result.folder, 'tiny'),
    });
    expect(result.failures).toEqual([]);
    const onDisk = InstallReceipt.parse(JSON.parse(await readFile(join(result.folder, 'install.json'), 'utf8')));
    expect(onDisk).toEqual(result.receipt);
    expect(await readFile(join(result.folder, 'install.log'), 'utf8')).toBe(`${lines.join('\n')}\n`);
    expect((await readdir(result.folder)).sort()).toEqual(['install.json', 'install.log', 'tiny']);
  });

  it('installs once, and again when it is told to', async () => {
    const { gateway, options } = await oneGoodMethod();
    const first = await installGateway(gateway, options);
    const second = await installGateway(gateway, options);
    expect(second).toMatchObject({ outcome: 'already', receipt: 'receipt' in first ? first.receipt : undefined });
    expect(await installGateway(gateway, { ...options, force: true })).toMatchObject({ outcome: 'installed' });
  });

  it('installs again when the recipe has changed, or a file that it names', async () => {
    const { origin, folder, options } = await oneGoodMethod();
    const pinned = { method: 'pip', lock: 'tiny.lock', python: ['3.1'], program: 'bin/tiny' };
    await writeFile(join(folder, 'tiny.lock'), '# one\n');
    const gateway = tinyGateway(folder, [downloadOf(origin, '/good', GOOD), pinned]);
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'installed' });
    await writeFile(join(folder, 'tiny.lock'), '# two\n');
    expect(await findInstallation(options.root, gateway)).toEqual({
      valid: false,
      reason: "tiny's manifest has changed since it was installed",
    });
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'installed' });
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'already' });
  });

  it('takes the first method that works, and says why the others did not', async () => {
    const { origin, folder, options } = await oneGoodMethod();
    const methods = [
      downloadOf(origin, '/none', GOOD),
      downloadOf(origin, '/good', 'other'),
      downloadOf(origin, '/good', GOOD),
    ];
    const result = await installGateway(tinyGateway(folder, methods), options);
    expect(result).toMatchObject({
      outcome: 'installed',
      failures: [
        { method: 'download', reason: `${origin}/none responded 404` },
        { method: 'download', reason: expect.stringContaining('has sha256') },
      ],
    });
  });

  it('fails with every reason and hint, keeping the log and the reasons alone', async () => {
    const { origin, folder, options } = await oneGoodMethod();
    const methods = [downloadOf(origin, '/none', GOOD), { method: 'existing', variable: 'GATEBENCH_TEST_UNSET_BIN' }];
    const gateway = tinyGateway(folder, methods);
    const result = await installGateway(gateway, options);
    if (result.outcome !== 'failed') throw new Error(JSON.stringify(result));
    expect(result.failures.map(({ method }) => method)).toEqual(['download', 'existing']);
    expect(result.hint).toContain('set GATEBENCH_TEST_UNSET_BIN to the path of your own tiny 1.0.0');
    const target = join(options.root, 'tiny', '1.0.0');
    expect(result.hint).toContain(join(target, 'install.log'));
    expect((await readdir(target)).sort()).toEqual(['failed.json', 'install.log']);
    expect(await readFailure(options.root, gateway)).toMatchObject({
      failures: [{ method: 'download' }, { method: 'existing' }],
      hint: result.hint,
    });
    expect(await findInstallation(options.root, gateway)).toEqual({
      valid: false,
      reason: 'tiny 1.0.0 is not installed',
    });
  });

  it('fails where the program reports another version than the manifest asks for', async () => {
    const { folder, options } = await oneGoodMethod();
    const other = tinyProgram('1.0.1');
    const origin = await localServer(serve({ '/other': other }));
    const result = await installGateway(tinyGateway(folder, [downloadOf(origin, '/other', other)]), options);
    expect(result).toMatchObject({
      outcome: 'failed',
      failures: [{ reason: 'it reports version 1.0.1 (tiny --version), but the manifest asks for 1.0.0' }],
    });
    await expect(access(join(options.root, 'tiny', '1.0.0', 'tiny'))).rejects.toThrow();
  });

  it('does not touch a refused version', async () => {
    const { origin, folder, options } = await oneGoodMethod();
    const refuseVersions = { '1.0.0': 'it steals credentials.' };
    const gateway = tinyGateway(folder, [downloadOf(origin, '/good', GOOD)], { refuseVersions });
    expect(await installGateway(gateway, options)).toEqual({
      outcome: 'failed',
      failures: [],
      hint: 'tiny 1.0.0 is refused: it steals credentials. Choose another version.',
    });
    await expect(access(options.root)).rejects.toThrow();
  });

  it('stops when it is told to, and leaves no half of an installation', async () => {
    const { folder, options } = await oneGoodMethod();
    const stop = new AbortController();
    const origin = await localServer((_request, response) => {
      response.write(GOOD);
      stop.abort(new InterruptedError('SIGTERM'));
    });
    const gateway = tinyGateway(folder, [downloadOf(origin, '/slow', GOOD)]);
    const attempt = installGateway(gateway, { ...options, signal: stop.signal });
    await expect(attempt).rejects.toThrow('stopped by SIGTERM');
    expect(await readdir(join(options.root, 'tiny', '1.0.0'))).toEqual(['install.log']);
  });

  it('refuses a version that is no name for a folder', async () => {
    const { folder, options } = await oneGoodMethod();
    const gateway = tinyGateway(folder, [{ method: 'existing', variable: 'GATEBENCH_X' }], { version: '../../etc' });
    await expect(installGateway(gateway, options)).rejects.toThrow("can't be used as a folder name");
  });
});

describe('findInstallation', () => {
  it('does not take a torn receipt, or one whose program is gone', async () => {
    const { gateway, options } = await oneGoodMethod();
    const result = await installGateway(gateway, options);
    if (result.outcome !== 'installed') throw new Error(JSON.stringify(result));
    expect(await findInstallation(options.root, gateway)).toMatchObject({ valid: true, folder: result.folder });
    await rm(result.receipt.entry);
    expect(await findInstallation(options.root, gateway)).toEqual({
      valid: false,
      reason: `${result.receipt.entry} is gone`,
    });
    await writeFile(join(result.folder, 'install.json'), '{"schemaVersion":1,');
    expect(await findInstallation(options.root, gateway)).toMatchObject({ valid: false });
  });
});

describe("the user's own program", () => {
  const variable = 'GATEBENCH_TEST_TINY_BIN';

  async function named(program: string, more: Record<string, unknown> = {}) {
    const { origin, folder, options } = await oneGoodMethod();
    const path = join(folder, 'own');
    await mkdir(folder, { recursive: true });
    await writeFile(path, program);
    await chmod(path, 0o755);
    setEnvironment({ [variable]: path });
    const methods = [downloadOf(origin, '/good', GOOD), { method: 'existing', variable }];
    return { path, options, gateway: tinyGateway(folder, methods, more) };
  }

  it('is taken before any other method, where the variable is set', async () => {
    const { path, gateway, options } = await named(GOOD);
    const result = await installGateway(gateway, options);
    expect(result).toMatchObject({ outcome: 'installed', receipt: { method: 'existing', entry: path } });
    expect('receipt' in result && result.receipt.pinnedBy).toContain(sha256(GOOD));
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'already' });
  });

  it('is not replaced by another where its version is wrong', async () => {
    const { gateway, options } = await named(tinyProgram('2.0.0'));
    expect(await installGateway(gateway, options)).toMatchObject({
      outcome: 'failed',
      failures: [{ method: 'existing', reason: expect.stringContaining('it reports version 2.0.0') }],
    });
  });

  it('is asked again where its file has changed, or the variable names another', async () => {
    const { path, gateway, options } = await named(GOOD);
    await installGateway(gateway, options);
    await writeFile(path, tinyProgram('1.0.0'));
    expect(await findInstallation(options.root, gateway)).toMatchObject({
      valid: false,
      reason: `${path} has changed since its version was read`,
    });
    setEnvironment({ [variable]: '/elsewhere' });
    expect(await findInstallation(options.root, gateway)).toMatchObject({
      valid: false,
      reason: `${variable} names a program other than the installed one`,
    });
  });

  it('needs a stated version where it can not tell its own, and that is recorded as such', async () => {
    const { gateway, options } = await named('#!/bin/sh\necho hello\n');
    expect(await installGateway(gateway, options)).toMatchObject({
      outcome: 'failed',
      failures: [{ hint: `if it is 1.0.0, set ${variable}_VERSION=1.0.0` }],
    });
    setEnvironment({ [`${variable}_VERSION`]: '1.0.0' });
    expect(await installGateway(gateway, options)).toMatchObject({
      outcome: 'installed',
      receipt: { reportedVersion: '1.0.0', reportedBy: `stated by the user in ${variable}_VERSION` },
    });
  });

  it('is believed before the user where it does tell its version', async () => {
    const { gateway, options } = await named(tinyProgram('2.0.0'));
    setEnvironment({ [`${variable}_VERSION`]: '1.0.0' });
    expect(await installGateway(gateway, options)).toMatchObject({ outcome: 'failed' });
  });

  it('must be a program', async () => {
    const { path, gateway, options } = await named(GOOD);
    await chmod(path, 0o644);
    expect(await installGateway(gateway, options)).toMatchObject({
      outcome: 'failed',
      failures: [{ reason: `${variable} names ${path}, which can't be run` }],
    });
  });
});
