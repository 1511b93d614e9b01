import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { Topology } from '../../model/cloud.js';
import { durationParser, parseWhole } from './cell-options.js';

/** Which environment; every verb has it. */
export interface NameOption {
  name: string;
}

/** What an environment is made of. */
export interface UpOptions extends NameOption {
  provider?: string;
  topology: Topology;
  loadCount: number;
  var: [string, unknown][];
  host?: ParsedHost;
  hostKey?: string;
  identity?: string;
  allowFrom?: string;
  remoteDir?: string;
  prepareHosts?: boolean;
  asRoot?: boolean;
  sshTimeout: number;
  yes?: boolean;
  keep?: boolean;
}

export interface ParsedHost {
  user: string;
  address: string;
  port: number;
}

export const nameOption = () => new Option('-n, --name <name>', 'name of the environment').default('bench');

export function addUpOptions(command: Command): Command {
  const others = [
    nameOption(),
    new Option('-y, --yes', 'do not ask before machines are made'),
    new Option('--keep', 'leave the machines up, also after a failure'),
  ];
  for (const option of [...others, ...shapingOptions()]) command.addOption(option);
  return command;
}

/** Names of the options that were given and that only count when machines are made. */
export function givenUpOptions(command: Command): string[] {
  return shapingOptions()
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long ?? option.flags);
}

/** What an environment is made of. */
function shapingOptions(): Option[] {
  return [
    new Option('-p, --provider <name>', 'where machines come from: a folder of terraform/ (default: gcp)'),
    new Option('--topology <kind>', 'all on one machine, or load, gateway and upstream apart')
      .choices(Topology.options)
      .default('single'),
    new Option('--load-count <n>', 'load machines of topology split')
      .default(1)
      .argParser((text) => parseWhole(text, 1, 'a number of machines')),
    new Option('--var <name=value>', "a variable of the provider's Terraform module; may be repeated")
      .default([])
      .argParser((text, earlier: [string, unknown][]) => [...earlier, parseVariable(text)]),
    new Option('--host <user@address>', 'a host of your own, with :port where it is not 22').argParser(parseHost),
    new Option('--host-key <key>', 'that host\'s public key, such as "ssh-ed25519 AAAA...": no other is accepted'),
    new Option('--identity <file>', 'private key for hosts of your own (default: what ssh uses)'),
    new Option('--allow-from <cidr>', 'addresses that may use ssh (default: this machine’s public address)'),
    new Option('--remote-dir <dir>', 'folder on the machines (default: gatebench-<name> in the home folder)'),
    new Option('--prepare-hosts', 'install Node, Go and build tools on hosts of your own, as root'),
    new Option('--as-root', 'run everything there as root, through sudo without a password (Kong’s packages take it)'),
    new Option('--ssh-timeout <time>', 'how long a machine may take until it lets us in')
      .default(300, '5m')
      .argParser(durationParser('--ssh-timeout', 0)),
  ];
}

/** `name=value`; a value in JSON is taken as such, anything else as text. */
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

/** `me@bench.example.com:2222`; an IPv6 address in brackets. */
export function parseHost(text: string): ParsedHost {
  const match = /^([a-z_][a-z0-9_.-]*)@(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9][A-Za-z0-9._-]*))(?::(\d+))?$/.exec(text);
  const [, user, ipv6, name, port] = match ?? [];
  const address = ipv6 ?? name;
  if (user === undefined || address === undefined) {
    throw new InvalidArgumentError(`"${text}" is not a host: write user@address or user@address:port`);
  }
  return { user, address, port: port === undefined ? 22 : parseWhole(port, 1, 'a port') };
}

/** Variables that `--var` and the shortcuts for them give. @throws UsageError where they contradict one another */
export function variablesOf(options: UpOptions): { provider: string; variables: Record<string, unknown> } {
  const variables = Object.fromEntries(options.var);
  const provider = options.provider ?? (options.host ? 'bring-your-own' : 'gcp');
  if (!options.host) {
    if (options.hostKey !== undefined) throw new UsageError('--host-key goes with --host', 'give the host too');
    return { provider, variables };
  }
  if ('hosts' in variables) throw new UsageError('--host and --var hosts=... name hosts twice', 'give one of them');
  if (options.topology !== 'single') {
    throw new UsageError(
      '--host names one machine, and topology split takes several',
      'give them with --var hosts={...}: see terraform/README.md',
    );
  }
  const { user, address, port } = options.host;
  const host = { address, ssh_user: user, ssh_port: port, host_key: options.hostKey ?? null };
  return { provider, variables: { ...variables, hosts: { all: host } } };
}
