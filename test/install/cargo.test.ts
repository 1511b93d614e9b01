import { readFileSync } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cargo, checksumIn } from '../../src/install/cargo.js';
import { probeVersion } from '../../src/install/version-probe.js';
import {
  canRun,
  contextFor,
  onlyMethod,
  run,
  setEnvironment,
  sha256,
  temporaryFolder,
  tinyGateway,
} from './support.js';

const MAIN = 'fn main() { println!("tiny {}", env!("CARGO_PKG_VERSION")); }\n';
const LOCK = 'version = 3\n\n[[package]]\nname = "tiny"\nversion = "1.0.0"\n';

/** A crate in a registry of its own, in a folder, and a cargo that knows no other. @returns the folder, and the crate's sum */
async function crateRegistry(files: Record<string, string> = {}): Promise<{ folder: string; sum: string }> {
  const folder = await temporaryFolder();
  const sources: Record<string, string> = {
    'Cargo.toml': '[package]\nname = "tiny"\nversion = "1.0.0"\nedition = "2021"\n',
    'Cargo.lock': LOCK,
    'src/main.rs': MAIN,
    ...files,
  };
  for (const [name, text] of Object.entries(sources)) {
    if (text === '') continue;
    await mkdir(dirname(join(folder, 'tiny-1.0.0', name)), { recursive: true });
    await writeFile(join(folder, 'tiny-1.0.0', name), text);
  }
  const registry = join(folder, 'registry');
  await mkdir(join(registry, 'index', 'ti', 'ny'), { recursive: true });
  run('tar', ['-czf', join(registry, 'tiny-1.0.0.crate'), 'tiny-1.0.0'], folder);
  const sum = sha256(readFileSync(join(registry, 'tiny-1.0.0.crate')));
  const line = { name: 'tiny', vers: '1.0.0', deps: [], cksum: sum, features: {}, yanked: false };
  await writeFile(join(registry, 'index', 'ti', 'ny', 'tiny'), `${JSON.stringify(line)}\n`);
  const home = join(folder, 'cargo');
  await mkdir(home);
  const config = `[source.crates-io]\nreplace-with = "here"\n\n[source.here]\nlocal-registry = "${registry}"\n`;
  await writeFile(join(home, 'config.toml'), config);
  // rustup finds its toolchains beside the user's own cargo.
  setEnvironment({ CARGO_HOME: home, RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup') });
  return { folder, sum };
}

const METHOD = { method: 'cargo', crate: 'tiny', version: '1.0.0' };

describe.skipIf(!canRun('cargo', ['--version']))('cargo', { timeout: 120_000 }, () => {
  it('builds a crate with its own lock file, and says what pins it', async () => {
    const { folder, sum } = await crateRegistry();
    const gateway = tinyGateway(folder, [{ ...METHOD, sha256: sum, rustflags: '-C force-frame-pointers=yes' }]);
    const context = await contextFor(gateway);
    const installed = await cargo.install(onlyMethod(gateway, 'cargo'), context);
    expect(installed).toEqual({
      entry: join(context.target, 'bin', 'tiny'),
      pinnedBy: `sha256 ${sum}, the crate's Cargo.lock`,
    });
    expect(await probeVersion(installed, context)).toEqual({ version: '1.0.0', by: 'tiny --version' });
    await expect(access(join(context.target, 'build'))).rejects.toThrow();
  });

  it('refuses a crate whose sum is not the pinned one, before it builds anything', async () => {
    const { folder } = await crateRegistry();
    const gateway = tinyGateway(folder, [{ ...METHOD, sha256: '0'.repeat(64) }]);
    const context = await contextFor(gateway);
    await expect(cargo.install(onlyMethod(gateway, 'cargo'), context)).rejects.toThrow(/in the index, not 0{64}/);
    expect(context.lines.join('\n')).not.toContain('cargo install');
  });

  it('refuses a crate without a lock file, before its build script is run', async () => {
    const { folder } = await crateRegistry({
      'Cargo.lock': '',
      'build.rs': `fn main() { std::fs::write(std::env::var("PROOF").unwrap(), "").unwrap(); }\n`,
    });
    const proof = join(folder, 'proof');
    setEnvironment({ PROOF: proof });
    const gateway = tinyGateway(folder, [METHOD]);
    const attempt = cargo.install(onlyMethod(gateway, 'cargo'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow('was published without a Cargo.lock');
    await expect(access(proof)).rejects.toThrow();
  });

  it('says that there is no such version', async () => {
    const { folder } = await crateRegistry();
    const gateway = tinyGateway(folder, [{ ...METHOD, version: '2.0.0' }]);
    const attempt = cargo.install(onlyMethod(gateway, 'cargo'), await contextFor(gateway));
    await expect(attempt).rejects.toMatchObject({
      name: 'ExpectedError',
      message: expect.stringMatching(/tiny/),
      hint: 'check that cargo can download the crate: cargo info tiny@2.0.0',
    });
  });

  it('says that the program is not in the crate', async () => {
    const { folder } = await crateRegistry();
    const gateway = tinyGateway(folder, [{ ...METHOD, program: 'other' }]);
    const attempt = cargo.install(onlyMethod(gateway, 'cargo'), await contextFor(gateway));
    await expect(attempt).rejects.toThrow(/other/);
  });
});

describe('checksumIn', () => {
  it('is of the package and version asked for', () => {
    const entry = (name: string, version: string, sum: string) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry"\nchecksum = "${sum}"\n`;
    const lock = `version = 4\n\n${entry('tiny', '0.9.0', 'a')}\n${entry('tinyer', '1.0.0', 'b')}\n${entry('tiny', '1.0.0', 'c')}`;
    expect(checksumIn(lock, 'tiny', '1.0.0')).toBe('c');
    expect(checksumIn(lock, 'tiny', '3.0.0')).toBeNull();
    expect(checksumIn('', 'tiny', '1.0.0')).toBeNull();
  });
});
