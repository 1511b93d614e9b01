import { type Command, InvalidArgumentError, Option } from 'commander';
import type { UpRequest } from '../../app/cloud/up-request.js';
import { UsageError } from '../../lib/errors.js';
import { onlyDefined } from '../../lib/only-defined.js';
import { type ParsedHost, parseHost } from '../../lib/parse-host.js';
import type { Topology } from '../../model/cloud.js';
import { durationParser, parseWhole } from './cell-options.js';

/** Which environment; every subcommand takes it. */
export interface NameOption {
  name: string;
}

/** Where runs are stored on this machine. */
export interface OutOption {
  out?: string;
}

/** What an environment is made of. */
export interface UpOptions extends NameOption {
  provider?: string;
  topology?: Topology;
  loadCount?: number;
  var: [string, unknown][];
  host?: ParsedHost;
  hostKey?: string;
  identity?: string;
  allowFrom?: string;
  remoteDir?: string;
  prepareHosts?: boolean;
  acceptHostKeys?: boolean;
  asRoot?: boolean;
  sshTimeout?: number;
  yes?: boolean;
  keep?: boolean;
}

const MAX_LOAD_COUNT = 100;
const MAX_SSH_TIMEOUT_S = 3600;

/** Choices of `--topology`. */
const TOPOLOGIES: Record<Topology, true> = { single: true, split: true };

export const nameOption = () => new Option('-n, --name <environment>', 'name of the environment').default('bench');

export const outOption = () => new Option('-o, --out <dir>', 'folder on this machine for runs (default: results)');

export function addUpOptions(command: Command): Command {
  const others = [
    nameOption(),
    new Option('-y, --yes', 'create machines without asking'),
    new Option('--keep', 'leave the machines up, even after a failure'),
  ];
  for (const option of [...others, ...shapingOptions()]) command.addOption(option);
  return command;
}

/** The given options that only count when machines are created. */
export function givenUpOptions(command: Command): string[] {
  return shapingOptions()
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}

function shapingOptions(): Option[] {
  return [
    new Option('-p, --provider <provider>', 'where machines come from: a folder of terraform/ (default: gcp)'),
    new Option(
      '--topology <kind>',
      'single: everything on one machine; split: load, gateway and upstream apart (default: single)',
    ).choices(Object.keys(TOPOLOGIES)),
    new Option('--load-count <n>', 'number of load machines with --topology split (default: 1)').argParser((text) =>
      parseWhole(text, { min: 1, max: MAX_LOAD_COUNT }, 'a number of machines'),
    ),
    new Option('--var <name=value>', "variable of the provider's Terraform module; may be repeated")
      .default([])
      .argParser((text, earlier: [string, unknown][]) => [...earlier, parseVariable(text)]),
    new Option('--host <user@address[:port]>', 'use a host of your own').argParser(parseHost),
    new Option('--host-key <key>', 'the only public key to accept from --host, such as "ssh-ed25519 AAAA..."'),
    new Option('--identity <file>', 'private key for hosts of your own (default: the one ssh uses)'),
    new Option('--allow-from <cidr>', "addresses that may use ssh (default: this machine's public address)"),
    new Option('--remote-dir <dir>', 'folder on the machines (default: gatebench-<name> in the home folder)'),
    new Option('--prepare-hosts', 'install Node, Go and build tools on hosts of your own, as root'),
    new Option('--as-root', "run everything there as root, with passwordless sudo (Kong's packages need it)"),
    new Option(
      '--accept-host-keys',
      'believe the first ssh host key that a new machine shows, where it publishes none to the provider',
    ),
    new Option(
      '--ssh-timeout <time>',
      'how long to wait for host keys and ssh on a new machine (default: 5m)',
    ).argParser(durationParser({ min: 0, max: MAX_SSH_TIMEOUT_S }, true)),
  ];
}

/** `name=value`; a value that is JSON is parsed, anything else is text. */
export function parseVariable(text: string): [string, unknown] {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  if (at < 1 || !/^[a-z_][a-z0-9_]*$/.test(name)) {
    throw new InvalidArgumentError(`"${text}" is not a variable: write it as name=value`);
  }
  const value = text.slice(at + 1);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

/** What `cloud up` is asked to create. @throws UsageError for options that contradict one another */
export function parseUpRequest(options: UpOptions): UpRequest {
  const { name, topology, loadCount, identity, allowFrom, remoteDir, sshTimeout, keep } = options;
  const { prepareHosts, acceptHostKeys, asRoot } = options;
  const given = { topology, loadCount, identity, allowFrom, remoteDir, prepareHosts, acceptHostKeys, asRoot };
  return {
    name,
    ...parseProvider(options),
    ...onlyDefined({ ...given, sshTimeoutS: sshTimeout }),
    keep: keep === true,
  };
}

/**
 * The provider, if one is said, and its variables, from `--var` and its shortcuts.
 * @throws UsageError where they contradict one another
 */
export function parseProvider(options: UpOptions): { provider?: string; variables: Record<string, unknown> } {
  const variables = variablesOf(options.var);
  const chosen = options.provider ?? (options.host ? 'bring-your-own' : undefined);
  const provider = chosen === undefined ? {} : { provider: chosen };
  if (!options.host) {
    if (options.hostKey !== undefined)
      throw new UsageError('--host-key requires --host', 'add --host, or leave it out');
    return { ...provider, variables };
  }
  if ('hosts' in variables)
    throw new UsageError('--host and --var hosts=... name hosts twice', 'give only one of them');
  if (options.topology === 'split') {
    throw new UsageError(
      '--host names one machine, but topology split needs several',
      'name them with --var hosts={...}: see terraform/README.md',
    );
  }
  const { user, address, port } = options.host;
  const host = { address, ssh_user: user, ssh_port: port, host_key: options.hostKey ?? null };
  return { ...provider, variables: { ...variables, hosts: { all: host } } };
}

function variablesOf(given: readonly [string, unknown][]): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const [name, value] of given) {
    if (name in variables) throw new UsageError(`--var ${name} is given twice`, 'give it once');
    variables[name] = value;
  }
  return variables;
}
