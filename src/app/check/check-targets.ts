import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../../lib/errors.js';
import { isFolder } from '../../lib/is-folder.js';
import type { Roots } from '../../lib/roots.js';
import { suggestion } from '../../lib/suggest.js';
import { type GatewaysFolders, MANIFEST_FILE, readGateway, readGatewaysFolders } from '../../store/gateways.js';
import { DEFAULT_MOCK_PORT } from '../bench/run-request.js';
import { checkManifest, type Surroundings } from './check-gateways.js';
import { checkSets } from './check-sets.js';
import { type Problem, unreadable } from './problem.js';

/** What was looked at, and all that is wrong with it. */
export interface CheckResult {
  /** Names of gateways, in the order they were checked. */
  checked: string[];
  problems: Problem[];
}

/**
 * Check manifests, without installing or starting anything.
 * @param targets names of gateways, folders of one, or folders of several; none for all of `roots.gateways`
 * @throws UsageError for a target that is none of these
 */
export async function checkTargets(targets: readonly string[], roots: Roots): Promise<CheckResult> {
  const result: CheckResult = { checked: [], problems: [] };
  if (targets.length === 0) await checkAll(roots.gateways, await readGatewaysFolders(roots.gateways), result);
  for (const target of targets) await checkTarget(target, roots, result);
  return result;
}

async function checkTarget(target: string, roots: Roots, result: CheckResult): Promise<void> {
  const named = target.includes('/') ? [] : roots.gateways.map((root) => join(root, target));
  const folder = named.find((path) => existsSync(join(path, MANIFEST_FILE))) ?? resolve(target);
  if (!isFolder(folder)) {
    const { gateways, broken } = await readGatewaysFolders(roots.gateways);
    const names = [...gateways.keys(), ...broken.map(({ name }) => name)];
    throw new UsageError(
      `there is no gateway and no folder "${target}"`,
      `${suggestion(target, names)}; or give a folder with a ${MANIFEST_FILE}`,
    );
  }
  if (existsSync(join(folder, MANIFEST_FILE))) return checkOne(folder, roots, result);
  const found = await readGatewaysFolders([folder]);
  if (found.gateways.size + found.broken.length === 0) {
    throw new UsageError(
      `${folder} holds no gateway`,
      `give a folder with a ${MANIFEST_FILE}, or a folder of such folders`,
    );
  }
  await checkAll([folder], found, result);
}

/** One gateway, beside those that can be measured with it. */
async function checkOne(folder: string, roots: Roots, result: CheckResult): Promise<void> {
  const root = dirname(folder);
  const { gateways } = await readGatewaysFolders(roots.gateways.includes(root) ? roots.gateways : [root]);
  await check(folder, { others: [...gateways.values()], mockPort: DEFAULT_MOCK_PORT }, result);
}

async function checkAll(
  roots: readonly string[],
  { gateways, broken }: GatewaysFolders,
  result: CheckResult,
): Promise<void> {
  const surroundings = { others: [...gateways.values()], mockPort: DEFAULT_MOCK_PORT };
  const folders = [...gateways.values(), ...broken].map(({ folder }) => folder);
  folders.sort((a, b) => basename(a).localeCompare(basename(b)));
  for (const folder of folders) await check(folder, surroundings, result);
  // A member may be one of the gateways that can't be read, and that is said already.
  if (broken.length === 0) result.problems.push(...(await checkSets(roots, gateways)));
}

async function check(folder: string, surroundings: Surroundings, { checked, problems }: CheckResult): Promise<void> {
  checked.push(basename(folder));
  try {
    problems.push(...(await checkManifest(await readGateway(folder), surroundings)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...unreadable(join(folder, MANIFEST_FILE), basename(folder), error));
  }
}
