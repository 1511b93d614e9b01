import { resolve } from 'node:path';
import { PACKAGE_ROOT } from './paths.js';

/** Where the harness finds and keeps things. */
export interface Roots {
  gateways: string;
  scenarios: string;
  results: string;
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

/**
 * The package's own folders. `--gateways-dir` names a folder for private gateways.
 * @param gatewaysDir from `--gateways-dir`
 */
export function rootsOf(gatewaysDir?: string): Roots {
  return {
    gateways: gatewaysDir === undefined ? resolve(PACKAGE_ROOT, 'gateways') : resolve(gatewaysDir),
    scenarios: resolve(PACKAGE_ROOT, 'scenarios'),
    results: resolve(PACKAGE_ROOT, 'results'),
    installs: resolve(process.env.GATEBENCH_INSTALL_DIR ?? resolve(PACKAGE_ROOT, '.gateways')),
    tools: resolve(PACKAGE_ROOT, 'tools'),
    toolInstalls: resolve(process.env.GATEBENCH_TOOLS_DIR ?? resolve(PACKAGE_ROOT, '.tools')),
    providers: resolve(PACKAGE_ROOT, 'terraform'),
    cloud: resolve(process.env.GATEBENCH_CLOUD_DIR ?? resolve(PACKAGE_ROOT, '.cloud')),
  };
}
