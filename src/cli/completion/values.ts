import { type Argument, Option } from 'commander';
import { formatTitle } from '../../lib/format.js';
import { type Roots, rootsOf } from '../../lib/roots.js';
import { fileOutlines, gatewayOutlines, type Outline, setOutlines } from '../../store/outlines.js';
import { ENGINE_NAMES } from '../options/cell-options.js';
import { placeholderOf } from './position.js';

/** A word that can stand at the cursor, and what it is. */
export interface Candidate {
  word: string;
  about: string;
}

/** What the value of an option or argument can be. */
export interface Values {
  candidates: Candidate[];
  /** What it can be besides, or where no candidate fits. */
  paths: 'files' | 'folders' | null;
  /** Whether it is a list of them, with commas between. */
  isList: boolean;
}

type Source = (roots: Roots) => Candidate[] | Promise<Candidate[]>;

const FILES: Partial<Values> = { paths: 'files' };
const FOLDERS: Partial<Values> = { paths: 'folders' };

/** By the placeholder. One that isn't here is for what nobody can complete, such as a time or a number. */
const SOURCES: Readonly<Record<string, { source?: Source } & Partial<Values>>> = {
  gateway: { source: gatewayLabels },
  gateways: { source: (roots) => [...gatewayLabels(roots), ...setNames(roots)], isList: true },
  names: {
    source: (roots) => [...gatewayLabels(roots), ...setNames(roots), ...fileOutlines(roots.tools).map(described)],
  },
  targets: { source: gatewayNames, ...FOLDERS },
  scenario: { source: (roots) => fileOutlines(roots.scenarios).map(described), ...FILES },
  engines: { source: () => plain(ENGINE_NAMES), isList: true },
  provider: { source: providers },
  environment: { source: environments },
  dir: FOLDERS,
  folder: FOLDERS,
  run: FOLDERS,
  file: FILES,
  program: FILES,
  before: FILES,
  after: FILES,
  logs: FILES,
};

/** What can be given for an option or argument. @param gatewaysDir from `--gateways-dir` */
export async function valuesOf(definition: Option | Argument, gatewaysDir: string | undefined): Promise<Values> {
  if (definition.argChoices !== undefined) {
    return { candidates: plain(definition.argChoices), paths: null, isList: false };
  }
  const { source, paths = null, isList = false } = SOURCES[placeholderOf(definition)] ?? {};
  const candidates = (await source?.(rootsOf(gatewaysDir))) ?? [];
  // Of several words, each is one.
  const isVariadic = definition instanceof Option && definition.variadic;
  return { candidates, paths, isList: isList && !isVariadic };
}

function gatewayLabels({ gateways }: Roots): Candidate[] {
  return gatewayOutlines(gateways).flatMap(({ name, title, version, variants }) => {
    const about = formatTitle(title, version);
    return [{ word: name, about }, ...variants.map((variant) => ({ word: `${name}:${variant}`, about }))];
  });
}

function setNames({ gateways }: Roots): Candidate[] {
  return setOutlines(gateways).map(({ name, title }) => ({ word: `@${name}`, about: title }));
}

function gatewayNames({ gateways }: Roots): Candidate[] {
  return gatewayOutlines(gateways).map(described);
}

function described({ name, title, version }: Outline): Candidate {
  return { word: name, about: formatTitle(title, version).trim() };
}

async function providers({ providers: root }: Roots): Promise<Candidate[]> {
  const { providerNames } = await import('../../store/providers.js');
  return plain(await providerNames(root));
}

async function environments({ cloud }: Roots): Promise<Candidate[]> {
  const { CloudFolder } = await import('../../store/cloud-folder.js');
  return plain(await CloudFolder.names(cloud));
}

/** Words that say what they are. */
function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word, about: '' }));
}
