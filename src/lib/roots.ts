import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { IS_CHECKOUT, PACKAGE_ROOT } from './paths.js';

/** Where the harness finds and keeps things. */
export interface Roots {
  /** Folders of gateways. Of two gateways with one name, the one in the earlier folder counts. */
  gateways: readonly string[];
  /** The current folder's own among them; null where it has none. */
  ownGateways: string | null;
  scenarios: string;
  /** Figures published by others. */
  published: string;
  results: string;
  /** `prices/cloud.yaml`, or a file of the user's own. */
  prices: string;
  /** `prices/models.yaml`: what tokens cost. */
  modelPrices: string;
  /** What `setup` installed. */
  installs: string;
  /** What is known of load generators and profilers that are programs of their own. */
  tools: string;
  /** Those of them that `setup` installed. */
  toolInstalls: string;
  /** `terraform`, a folder for each provider of machines. */
  providers: string;
  /** The environments that were made. */
  cloud: string;
}

/** Folders that a run was begun with; null for those that are found anyway. */
interface RunFolders {
  installDir: string | null;
  toolsDir: string | null;
  ownGatewaysDir: string | null;
}

const NONE: RunFolders = { installDir: null, toolsDir: null, ownGatewaysDir: null };
const SHIPPED_GATEWAYS = join(PACKAGE_ROOT, 'gateways');

/**
 * Definitions are the package's own; a folder `gateways` in the current folder is read as well. What is made goes into the
 * checkout, or to {@link userFolders}. A variable that is empty is one that isn't set.
 * @param gatewaysDir from `--gateways-dir`: instead of all other gateways
 * @param earlier of a run that is resumed, where the environment names no others
 */
export function rootsOf(gatewaysDir?: string, earlier: RunFolders = NONE): Roots {
  const made = IS_CHECKOUT ? checkoutFolders() : userFolders();
  const ownGateways = gatewaysDir === undefined ? (earlier.ownGatewaysDir ?? ownGatewaysFolder()) : null;
  return {
    gateways:
      gatewaysDir === undefined
        ? [...(ownGateways === null ? [] : [ownGateways]), SHIPPED_GATEWAYS]
        : [resolve(gatewaysDir)],
    ownGateways,
    scenarios: join(PACKAGE_ROOT, 'scenarios'),
    published: join(PACKAGE_ROOT, 'results', 'published'),
    results: made.results,
    prices: join(PACKAGE_ROOT, 'prices', 'cloud.yaml'),
    modelPrices: join(PACKAGE_ROOT, 'prices', 'models.yaml'),
    installs: resolve(process.env.GATEBENCH_INSTALL_DIR || earlier.installDir || made.installs),
    tools: join(PACKAGE_ROOT, 'tools'),
    toolInstalls: resolve(process.env.GATEBENCH_TOOLS_DIR || earlier.toolsDir || made.toolInstalls),
    providers: resolve(process.env.GATEBENCH_PROVIDERS_DIR || join(PACKAGE_ROOT, 'terraform')),
    cloud: resolve(process.env.GATEBENCH_CLOUD_DIR || made.cloud),
  };
}

/** What a later process, perhaps in another folder, has to be told to find the same programs and manifests. */
export function foldersToKeep({ installs, toolInstalls, ownGateways }: Roots): RunFolders {
  const found = IS_CHECKOUT ? checkoutFolders() : null;
  return {
    installDir: installs === found?.installs ? null : installs,
    toolsDir: toolInstalls === found?.toolInstalls ? null : toolInstalls,
    ownGatewaysDir: ownGateways,
  };
}

type MadeFolders = Pick<Roots, 'results' | 'installs' | 'toolInstalls' | 'cloud'>;

function checkoutFolders(): MadeFolders {
  return {
    results: join(PACKAGE_ROOT, 'results'),
    installs: join(PACKAGE_ROOT, '.gateways'),
    toolInstalls: join(PACKAGE_ROOT, '.tools'),
    cloud: join(PACKAGE_ROOT, '.cloud'),
  };
}

/**
 * Of an installed package: results in the current folder, and the rest where a user's programs keep such things. What is
 * installed can be installed again; environments can't be had again, and machines in them cost money.
 */
function userFolders(): MadeFolders {
  const cache = userFolder('XDG_CACHE_HOME', '.cache');
  return {
    results: resolve('results'),
    installs: join(cache, 'gateways'),
    toolInstalls: join(cache, 'tools'),
    cloud: join(userFolder('XDG_STATE_HOME', '.local/state'), 'cloud'),
  };
}

/** https://specifications.freedesktop.org/basedir-spec/latest/: a path that isn't absolute doesn't count. */
function userFolder(variable: 'XDG_CACHE_HOME' | 'XDG_STATE_HOME', belowHome: string): string {
  const given = process.env[variable] ?? '';
  return resolve(isAbsolute(given) ? given : join(homedir(), belowHome), 'gatebench');
}

/** `gateways` in the current folder, if it holds a manifest. */
function ownGatewaysFolder(): string | null {
  try {
    const folder = resolve('gateways');
    const holdsOne = readdirSync(folder).some((name) => existsSync(join(folder, name, 'gateway.yaml')));
    return holdsOne && folder !== SHIPPED_GATEWAYS ? folder : null;
  } catch {
    // There is none, or the current folder is gone.
    return null;
  }
}
