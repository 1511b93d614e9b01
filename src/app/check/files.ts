import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemplateFiles } from '../../gateway/config-files.js';
import { recipeFiles } from '../../install/receipt.js';
import { errorCode, messageOf } from '../../lib/errors.js';
import { pathInside } from '../../lib/path-inside.js';
import type { InstallMethod } from '../../model/install-method.js';
import type { ProcessGateway } from '../../model/resolved-gateway.js';
import { type Known, knownPlaceholders, TLS_SIDES, unknownPlaceholders } from './placeholders.js';
import type { Finding, Path } from './problem.js';

/** A configuration file is text that somebody wrote. */
const MAX_TEMPLATE_BYTES = 16 * 2 ** 20;
/** Stands for a work folder. */
const WORK = '/work';
/** Placeholders whose values are absolute paths. */
const PATH_PLACEHOLDER = /\{(work|install|folder|entry)\}/g;

/** What is wrong with the files that a manifest names: its own, and those that it has written. */
export async function fileFindings(gateway: ProcessGateway): Promise<Finding[]> {
  const { folder, process, container, services } = gateway;
  const known = knownPlaceholders(gateway);
  const templates = [
    ...process.files.map((file, index) => ({ ...file, at: ['process', 'files', index], known: known.process })),
    ...TLS_SIDES.flatMap((side) =>
      (gateway.tls[side]?.process?.files ?? []).map((file, index) => ({
        ...file,
        at: ['tls', side, 'process', 'files', index],
        known: known.tls,
      })),
    ),
    ...(container?.files ?? []).map((file, index) => ({
      ...file,
      at: ['container', 'files', index],
      known: known.container,
    })),
    ...Object.entries(services).flatMap(([name, { files }]) =>
      files.map((file, index) => ({ ...file, at: ['services', name, 'files', index], known: known.service })),
    ),
  ];
  const findings: Finding[] = [];
  for (const { template, at, known: names } of templates) {
    findings.push(...(await templateFindings(folder, template, [...at, 'template'], names)));
  }
  for (const { method, at } of installMethods(gateway)) {
    for (const { field, name } of recipeFiles(method)) {
      const problem = await ownFileProblem(folder, name);
      if (problem !== null) findings.push({ at: [...at, ...field], ...problem });
    }
    findings.push(...programFindings(method, at));
  }
  return [
    ...findings,
    ...targetFindings(process.files, ['process', 'files']),
    ...Object.entries(services).flatMap(([name, { files }]) => targetFindings(files, ['services', name, 'files'])),
  ];
}

/** Of the gateway and of its services. */
function installMethods({ install, services }: ProcessGateway): { method: InstallMethod; at: Path }[] {
  return [
    ...install.map((method, index) => ({ method, at: ['install', index] })),
    ...Object.entries(services).flatMap(([name, service]) =>
      service.install.map((method, index) => ({ method, at: ['services', name, 'install', index] })),
    ),
  ];
}

async function templateFindings(folder: string, template: string, at: Path, known: Known): Promise<Finding[]> {
  const problem = await ownFileProblem(folder, template);
  if (problem !== null) return [{ at, ...problem }];
  const path = join(folder, template);
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((text, index) =>
    unknownPlaceholders(at, text, known).map((finding) => ({ ...finding, file: { path, line: index + 1 } })),
  );
}

/** Why a file of the manifest's folder can't be used; null where it can. */
async function ownFileProblem(folder: string, name: string): Promise<{ message: string; hint: string } | null> {
  const hint = 'name a file in the folder of the manifest';
  const path = pathInside(folder, name);
  if (path === null) return { message: `${name} is not in the folder of the manifest`, hint };
  try {
    const found = await stat(path);
    if (!found.isFile()) return { message: `${name} is not a file`, hint };
    if (found.size > MAX_TEMPLATE_BYTES) {
      return { message: `${name} is larger than ${MAX_TEMPLATE_BYTES / 2 ** 20} MiB`, hint };
    }
    if (pathInside(await realpath(folder), await realpath(path)) === null) {
      return { message: `${name} is a link to a file outside of the folder of the manifest`, hint };
    }
    return null;
  } catch (error) {
    return errorCode(error) === 'ENOENT'
      ? { message: `there is no file ${name}`, hint: 'add it to the folder of the manifest, or correct its name' }
      : { message: `${name} can't be read: ${messageOf(error)}`, hint };
  }
}

/** Where the rendered files go: into the work folder, each to a place of its own. */
function targetFindings(files: TemplateFiles, path: Path): Finding[] {
  const taken = new Set<string>();
  return files.flatMap(({ to }, index) => {
    const at = [...path, index, 'to'];
    const target = pathInside(WORK, to.replaceAll(PATH_PLACEHOLDER, '/$1'));
    if (target === null) return [{ at, message: `${to} is not in the work folder`, hint: 'name a file in {work}' }];
    if (taken.has(target)) return [{ at, message: `another file goes to ${to} too`, hint: 'give it another place' }];
    taken.add(target);
    return [];
  });
}

/** A program, or the file that a Go module lacks, is inside of what is installed. */
function programFindings(method: InstallMethod, at: Path): Finding[] {
  switch (method.method) {
    case 'download':
    case 'npm':
    case 'pip':
    case 'deb-unpack':
      return leavesFolder(method.program, [...at, 'program']);
    case 'go':
      return Object.keys(method.overlay).flatMap((to) => leavesFolder(to, [...at, 'overlay', to]));
    default:
      return [];
  }
}

function leavesFolder(name: string, at: Path): Finding[] {
  if (pathInside(WORK, name) !== null && !name.startsWith('/')) return [];
  return [{ at, message: `${name} leads out of what is installed`, hint: 'give a relative path inside of it' }];
}
