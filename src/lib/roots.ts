import { resolve } from 'node:path';
import { PACKAGE_ROOT } from './paths.js';

/** Where the harness finds and keeps things. */
export interface Roots {
  gateways: string;
  scenarios: string;
  results: string;
  /** `prices/cloud.yaml`, or a file of the user's own. */
  prices: string;
  /** `.gateways`, what `setup` installed. */
  installs: string;
  /** What is known of load generators and profilers that are programs of their own. */
  tools: string;
  /** `.tools`, those of them that `setup` installed. */
  toolInstalls: string;
  /** `terraform`, a folder for each provider of machines. */
  providers: string;
  /** `.cloud`, the environments that were made. */
  cloud: string;
}

/** Where `setup` puts programs unless the environment says otherwise. */
const INSTALLS = { gateways: resolve(PACKAGE_ROOT, '.gateways'), tools: resolve(PACKAGE_ROOT, '.tools') };

/**
 * The package's own folders. A variable that is empty is one that isn't set. `--gateways-dir` names a folder for private gateways.
 * @param gatewaysDir from `--gateways-dir`
 * @param earlier folders of a run that is resumed, where the environment names no others
 */
export function rootsOf(
  gatewaysDir?: string,
  earlier: { installDir: string | null; toolsDir: string | null } = { installDir: null, toolsDir: null },
): Roots {
  return {
    gateways: gatewaysDir === undefined ? resolve(PACKAGE_ROOT, 'gateways') : resolve(gatewaysDir),
    scenarios: resolve(PACKAGE_ROOT, 'scenarios'),
    results: resolve(PACKAGE_ROOT, 'results'),
    prices: resolve(PACKAGE_ROOT, 'prices', 'cloud.yaml'),
    installs: resolve(process.env.GATEBENCH_INSTALL_DIR || earlier.installDir || INSTALLS.gateways),
    tools: resolve(PACKAGE_ROOT, 'tools'),
    toolInstalls: resolve(process.env.GATEBENCH_TOOLS_DIR || earlier.toolsDir || INSTALLS.tools),
    providers: resolve(process.env.GATEBENCH_PROVIDERS_DIR || resolve(PACKAGE_ROOT, 'terraform')),
    cloud: resolve(process.env.GATEBENCH_CLOUD_DIR || resolve(PACKAGE_ROOT, '.cloud')),
  };
}

/** The folders that aren't the package's own: what a later process has to be told to find the same programs. */
export function otherInstalls({ installs, toolInstalls }: Roots): {
  installDir: string | null;
  toolsDir: string | null;
} {
  return {
    installDir: installs === INSTALLS.gateways ? null : installs,
    toolsDir: toolInstalls === INSTALLS.tools ? null : toolInstalls,
  };
}
