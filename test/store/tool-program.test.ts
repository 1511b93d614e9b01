import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InstallReceipt } from '../../src/model/install-method.js';
import { findToolProgram } from '../../src/store/tool-program.js';

const query = { name: 'gunner', versionArgs: ['-v'], versionPattern: /gunner (\S+)/ };

let folder: string;
let tools: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebench-test-'));
  tools = join(folder, 'tools');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function aProgram(path: string, version: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "gunner ${version} [epoll]" >&2\nexit 1\n`);
  await chmod(path, 0o755);
}

async function installed(version: string, installedAt: string): Promise<string> {
  const target = join(tools, 'gunner', version);
  const entry = join(target, 'usr', 'bin', 'gunner');
  await aProgram(entry, version);
  const receipt: InstallReceipt = {
    schemaVersion: 2,
    gateway: 'gunner',
    version,
    reportedVersion: version,
    reportedBy: 'gunner -v',
    method: 'deb-unpack',
    pinnedBy: 'apt signature',
    entry,
    installedAt,
    seconds: 1,
    services: {},
    recipeSha256: '0'.repeat(64),
  };
  await writeFile(join(target, 'install.json'), JSON.stringify(receipt));
  return entry;
}

describe('findToolProgram', () => {
  it('finds nothing where there is nothing', () => {
    expect(findToolProgram(query, tools)).toBeNull();
  });

  it('asks a program in PATH for its version, wherever and with whatever exit code it says it', async () => {
    const path = join(folder, 'bin', 'gunner');
    await aProgram(path, '2.1.0');
    vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
    expect(findToolProgram(query, tools)).toEqual({ path, version: '2.1.0', environment: {} });
  });

  it('says so where a program tells no version', async () => {
    const path = join(folder, 'bin', 'gunner');
    await aProgram(path, '2.1.0');
    vi.stubEnv('PATH', join(folder, 'bin'));
    expect(findToolProgram({ ...query, versionPattern: /none (\S+)/ }, tools)?.version).toBe('unknown');
  });

  it('prefers what setup installed last, with the libraries that were unpacked beside it', async () => {
    await aProgram(join(folder, 'bin', 'gunner'), '9.9.9');
    vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
    await installed('2.0.0', '2026-01-02T00:00:00.000Z');
    const newest = await installed('1.9.0', '2026-01-03T00:00:00.000Z');
    const libraries = join(newest, '..', '..', 'lib', 'x86_64-linux-gnu');
    await mkdir(libraries, { recursive: true });
    expect(findToolProgram(query, tools)).toEqual({
      path: newest,
      version: '1.9.0',
      environment: { LD_LIBRARY_PATH: libraries },
    });
  });

  it('passes over an installation whose program is gone, and one that was not finished', async () => {
    await rm(await installed('2.0.0', '2026-01-02T00:00:00.000Z'));
    await mkdir(join(tools, 'gunner', '3.0.0'), { recursive: true });
    expect(findToolProgram(query, tools)).toBeNull();
  });
});
