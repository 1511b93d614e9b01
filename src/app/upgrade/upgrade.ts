import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type PinContext, type Pinned, pinTo } from '../../install/pin.js';
import { isFolderVersion } from '../../install/receipt.js';
import { newestVersion, packageOf } from '../../install/registries.js';
import { ExpectedError, UsageError } from '../../lib/errors.js';
import type { Roots } from '../../lib/roots.js';
import { DEFAULT_VARIANT, type ProcessGateway } from '../../model/resolved-gateway.js';
import { findGateway, MANIFEST_FILE, readGateways } from '../../store/gateways.js';
import { type MethodChange, withNewPin, withVersionBeside } from './edit-manifest.js';

export interface UpgradeRequest {
  /** A gateway's name. */
  name: string;
  /** Undefined for the newest that its registry has. */
  version: string | undefined;
  /** Keep the earlier version, and add the other one as a variant. */
  beside: boolean;
}

export interface Upgraded {
  /** What is measured with it: `litellm`, `litellm:1.108.7`. */
  label: string;
  before: string;
  version: string;
  /** What was written, absolute. */
  files: string[];
  /** What is left to do by hand, a sentence each. */
  left: string[];
}

/**
 * Pin a gateway to another version: manifest, lock files, sums.
 * @throws UsageError for what can't be upgraded, ExpectedError where no registry has that version; nothing is written then
 */
export async function upgradeGateway(
  { name, version: wanted, beside }: UpgradeRequest,
  { roots, ...making }: { roots: Roots } & Pick<PinContext, 'log' | 'signal' | 'uv'>,
): Promise<Upgraded> {
  const stored = await readGateways(roots.gateways);
  const gateway = findGateway(stored, name);
  const { manifest } = stored.get(gateway.name) ?? {};
  if (gateway.kind !== 'process' || manifest?.kind !== 'process') {
    throw new UsageError(`${name} has no version`, 'name a gateway that is installed');
  }
  if (gateway.variant !== DEFAULT_VARIANT) {
    throw new UsageError(
      `${name} is a variant; what is upgraded is a gateway`,
      `gatebench upgrade ${gateway.name}${beside ? ' --beside' : ''}, or change the variant's version by hand`,
    );
  }
  const version = (wanted ?? (await newest(gateway, making))).replace(/^v/, '');
  if (!isFolderVersion(version)) {
    throw new UsageError(`"${version}" can't be a version`, 'use only letters, digits, ".", "_", "+" and "-"');
  }
  refuse(gateway, version);
  if (beside && Object.hasOwn(manifest.variants, version)) {
    throw new UsageError(`${name} has a variant ${version} already`, `measure it as ${name}@${version}`);
  }
  const pins: (Pinned & { change: MethodChange })[] = [];
  for (const [index, before] of gateway.install.entries()) {
    const pinned = await pinTo(before, { ...making, gateway, version, beside });
    if (pinned !== null) pins.push({ ...pinned, change: { index, before, after: pinned.method } });
  }
  if (pins.length === 0) {
    throw new UsageError(
      `${name} is a program of your own: nothing of it can be pinned`,
      `change its version in ${join(gateway.folder, MANIFEST_FILE)}`,
    );
  }
  const path = join(gateway.folder, MANIFEST_FILE);
  const text = await readFile(path, 'utf8');
  const changed = beside
    ? withVersionBeside(text, {
        version,
        title: `${gateway.title} ${version}`,
        install: pins.map(({ method }) => shortened(method)),
      })
    : withNewPin(
        text,
        version,
        pins.map(({ change }) => change),
      );
  const files = new Map(pins.flatMap((pin) => [...pin.files]));
  for (const [file, content] of files) {
    await mkdir(dirname(join(gateway.folder, file)), { recursive: true });
    await writeFile(join(gateway.folder, file), content);
  }
  await writeFile(path, changed);
  return {
    label: beside ? `${gateway.name}:${version}` : gateway.name,
    before: gateway.version,
    version,
    files: [path, ...[...files.keys()].map((file) => join(gateway.folder, file))],
    left: leftToDo(gateway, beside),
  };
}

async function newest(gateway: ProcessGateway, making: Pick<PinContext, 'log' | 'signal'>): Promise<string> {
  const found = await packageOf(gateway);
  if (found === null) {
    throw new UsageError(
      `no registry can be asked for the newest version of ${gateway.name}`,
      `name one: gatebench upgrade ${gateway.name} 1.2.3`,
    );
  }
  return (await newestVersion(found, making)).version;
}

function refuse({ name, version: pinned, refuseVersions }: ProcessGateway, version: string): void {
  if (version === pinned) throw new UsageError(`${name} is pinned to ${version} already`, 'nothing is to be done');
  const reason = Object.hasOwn(refuseVersions, version) ? refuseVersions[version] : undefined;
  if (reason !== undefined)
    throw new ExpectedError(`${name} ${version} is refused: ${reason}`, 'choose another version');
}

function leftToDo({ container, versionProbe }: ProcessGateway, beside: boolean): string[] {
  return [
    'its README and notes may speak of the earlier version: say what is so of this one',
    ...(container === null
      ? []
      : [
          beside
            ? 'its container image is that of the earlier version: give the variant one of its own, or container: null'
            : 'its container image is still that of the earlier version: change its digest',
        ]),
    ...(versionProbe.from === 'command'
      ? ['check that the version is still printed in the way that versionProbe reads']
      : []),
  ];
}

/** Without empty and default values, as one would write it. */
function shortened<T extends object>(method: T): T {
  return Object.fromEntries(
    Object.entries(method).filter(([, value]) => {
      if (value === false || value === '') return false;
      return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
    }),
  ) as T;
}
