import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../lib/errors.js';
import type { InstallMethodOf } from '../model/install-method.js';
import { type CommandOptions, runInstallCommand, tryInstallCommand } from './install-command.js';
import type { InstallContext, Installer } from './installer.js';

type CargoMethod = InstallMethodOf<'cargo'>;

const INSTALL_RUST = 'install Rust from https://rustup.rs, or use another install method';

/** A gateway of 370 crates took 20 minutes on two busy cores. */
const BUILD_TIMEOUT_S = 5_400;

/** What `cargo install --locked` warns of where a crate is published without a lock file. */
const NO_LOCK = /no Cargo\.lock file published/;

/**
 * `cargo install --locked crate@version`: cargo verifies the crate against its index, and every dependency against the
 * Cargo.lock that the crate was published with.
 */
export const cargo: Installer<CargoMethod> = {
  async install(method, context) {
    await runInstallCommand(['cargo', '--version'], context, { hint: INSTALL_RUST });
    const checksum = await readChecksum(method, context);
    if (method.sha256 !== undefined && checksum !== method.sha256) {
      throw new ExpectedError(
        `${method.crate} ${method.version} has sha256 ${checksum} in the index, not ${method.sha256}`,
        'do not use that crate: it is not the pinned one',
      );
    }
    const build = join(context.target, 'build');
    const environment = {
      CARGO_TARGET_DIR: build,
      ...(method.rustflags === undefined ? {} : { RUSTFLAGS: method.rustflags }),
    };
    await runLocked(method, context, {
      cwd: context.target,
      environment,
      timeoutS: BUILD_TIMEOUT_S,
      hint: "see the log for the compiler's errors; a newer Rust may be needed: rustup update",
    });
    await rm(build, { recursive: true, force: true });
    const program = method.program ?? method.crate;
    const entry = join(context.target, 'bin', program);
    await access(entry).catch(() => {
      throw new ExpectedError(`${method.crate} has no program ${program}`, 'correct "program" in the manifest');
    });
    return { entry, pinnedBy: `sha256 ${checksum}, the crate's Cargo.lock` };
  },
};

/** Run the installation, and end it before it builds anything that no lock file pins. */
async function runLocked(method: CargoMethod, context: InstallContext, options: CommandOptions): Promise<void> {
  const unlocked = new AbortController();
  const log = (line: string) => {
    context.log(line);
    if (NO_LOCK.test(line)) unlocked.abort();
  };
  const signal = AbortSignal.any([context.signal, unlocked.signal]);
  try {
    await runInstallCommand(installCommand(method, context.target), { log, signal }, options);
  } catch (error) {
    if (!unlocked.signal.aborted) throw error;
    throw new ExpectedError(
      `${method.crate} ${method.version} was published without a Cargo.lock, so nothing pins its dependencies`,
      'use another version or another install method',
    );
  }
}

function installCommand(method: CargoMethod, root: string): [string, ...string[]] {
  const { crate, version, features = [], defaultFeatures = true, program } = method;
  return [
    'cargo',
    'install',
    '--locked',
    '--root',
    root,
    ...(features.length === 0 ? [] : ['--features', features.join(',')]),
    ...(defaultFeatures ? [] : ['--no-default-features']),
    ...(program === undefined ? [] : ['--bin', program]),
    `${crate}@${version}`,
  ];
}

/**
 * The checksum of the .crate file in the index, against which cargo verifies what it downloads: from the lock file of a
 * project that depends on the crate.
 */
async function readChecksum({ crate, version }: CargoMethod, context: InstallContext): Promise<string> {
  const project = join(context.target, 'checksum');
  await mkdir(join(project, 'src'), { recursive: true });
  const manifest = `[package]\nname = "gatebench-checksum"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${crate} = "=${version}"\n`;
  await writeFile(join(project, 'Cargo.toml'), manifest);
  await writeFile(join(project, 'src', 'lib.rs'), '');
  const { failure } = await tryInstallCommand(['cargo', 'generate-lockfile'], context, { cwd: project });
  const lock = await readFile(join(project, 'Cargo.lock'), 'utf8').catch(() => '');
  await rm(project, { recursive: true });
  const checksum = checksumIn(lock, crate, version);
  if (checksum !== null) return checksum;
  throw new ExpectedError(
    failure?.message ?? `the index has no checksum of ${crate} ${version}`,
    `check that cargo can download the crate: cargo info ${crate}@${version}`,
  );
}

/** The checksum of a package in the text of a Cargo.lock; null where it has none. */
export function checksumIn(lock: string, crate: string, version: string): string | null {
  for (const section of lock.split('[[package]]')) {
    const field = (name: string) => new RegExp(`^${name} = "([^"]*)"$`, 'm').exec(section)?.[1];
    if (field('name') === crate && field('version') === version) return field('checksum') ?? null;
  }
  return null;
}
