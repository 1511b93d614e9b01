import { resolve } from 'node:path';
import { cidrProblem } from '../../cloud/access.js';
import { UsageError } from '../../lib/errors.js';
import { onlyDefined } from '../../lib/only-defined.js';
import { suggestion } from '../../lib/suggest.js';
import type { CloudProvider, CloudSettings, CloudState, ProviderInput, Topology } from '../../model/cloud.js';

/** The environment to create or to resume, as far as the user said. */
export interface UpRequest extends CloudSettings {
  name: string;
  provider?: string;
  /** A private key for hosts of the user's own; undefined where ssh knows its own. */
  identity?: string;
  /** The folder on the machines; undefined for one named after the environment. */
  remoteDir?: string;
  asRoot?: boolean;
  /** Leave the machines up after a failure. */
  keep: boolean;
}

/** An environment with every question answered. */
export interface UpPlan {
  name: string;
  provider: string;
  /** What the user said, now and before: kept, so that an `up` that resumes needs none of it again. */
  settings: CloudSettings;
  topology: Topology;
  loadCount: number;
  identityFile: string | null;
  remoteDir: string;
  asRoot: boolean;
  prepareHosts: boolean;
  acceptHostKeys: boolean;
  sshTimeoutS: number;
  keep: boolean;
}

const DEFAULT_SSH_TIMEOUT_S = 300;

/**
 * What is asked for now, and else what was asked for when the environment was begun.
 * @param earlier its state; null where it is new
 * @throws UsageError for what can't be
 */
export function resolveUp(request: UpRequest, earlier: CloudState | null): UpPlan {
  const { name, keep, topology, loadCount, allowFrom, prepareHosts, acceptHostKeys, sshTimeoutS } = request;
  const settings: CloudSettings = {
    ...earlier?.settings,
    ...onlyDefined({ topology, loadCount, allowFrom, prepareHosts, acceptHostKeys, sshTimeoutS }),
    variables: { ...earlier?.settings.variables, ...request.variables },
  };
  const remoteDir = request.remoteDir ?? earlier?.remoteDir ?? `gatebench-${name}`;
  if (!/^[A-Za-z0-9_./-]+$/.test(remoteDir) || remoteDir.startsWith('-') || remoteDir.split('/').includes('..')) {
    throw new UsageError(
      `--remote-dir "${remoteDir}" is not a plain path`,
      'use letters, digits, and . _ - /, without ..',
    );
  }
  const problem = settings.allowFrom === undefined ? null : cidrProblem(settings.allowFrom);
  if (problem !== null) {
    throw new UsageError(`--allow-from ${settings.allowFrom}: ${problem}`, 'write a block such as 203.0.113.7/32');
  }
  return {
    name,
    keep,
    settings,
    provider: request.provider ?? earlier?.provider ?? 'gcp',
    topology: settings.topology ?? 'single',
    loadCount: settings.loadCount ?? 1,
    identityFile: request.identity === undefined ? (earlier?.identityFile ?? null) : resolve(request.identity),
    remoteDir,
    asRoot: request.asRoot ?? earlier?.asRoot ?? false,
    prepareHosts: settings.prepareHosts ?? false,
    acceptHostKeys: settings.acceptHostKeys ?? false,
    sshTimeoutS: settings.sshTimeoutS ?? DEFAULT_SSH_TIMEOUT_S,
  };
}

/** How the variables that gatebench sets itself are given. */
const FLAGS: Record<ProviderInput, string> = {
  name: 'use --name',
  topology: 'use --topology',
  load_count: 'use --load-count',
  allowed_cidr: 'use --allow-from',
  ssh_public_key: 'leave it out: gatebench makes a key for each environment',
};

/**
 * Refuse variables that the module doesn't have, or that gatebench sets itself: Terraform would only warn about the
 * former, and the latter would be overridden without a word.
 * @param known names of the module's variables
 * @throws UsageError
 */
export function checkVariables(
  provider: Pick<CloudProvider, 'name' | 'inputs' | 'requires'>,
  known: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(variables)) {
    const input = provider.inputs.find((own) => own === name);
    if (input !== undefined) throw new UsageError(`--var ${name} can't be given: gatebench sets it`, FLAGS[input]);
    if (!known.includes(name)) {
      const settable = known.filter((variable) => !provider.inputs.some((own) => own === variable));
      throw new UsageError(`provider ${provider.name} has no variable ${name}`, suggestion(name, settable));
    }
    if (value === null) {
      throw new UsageError(`--var ${name}=null says nothing`, 'leave it out: the variable then has its default');
    }
  }
  for (const { variable, hint } of provider.requires) {
    if (!(variable in variables))
      throw new UsageError(`provider ${provider.name} needs the variable ${variable}`, hint);
  }
}
