import { z } from 'zod';

/** `all` is one machine that does everything; otherwise every part has its own, and the load has one or more. */
const Role = z.string().regex(/^(all|gateway|upstream|load-[1-9]\d*)$/, 'all, gateway, upstream or load-<n>');

/** A machine that ssh reaches. The field names are those of every provider's `hosts` output. */
export const CloudHost = z.strictObject({
  address: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:_-]*$/, 'a host name or an IP address'),
  sshUser: z.string().regex(/^[a-z_][a-z0-9_.-]*$/, 'the name of a user'),
  sshPort: z.number().int().min(1).max(65_535),
  /** What the other machines reach it at. */
  internalAddress: z.string(),
  /** `ssh-ed25519 AAAA…`; null if it isn't known before the first connection. */
  hostKey: z.string().nullable(),
});
export type CloudHost = z.infer<typeof CloudHost>;

export const Topology = z.enum(['single', 'split']);
export type Topology = z.infer<typeof Topology>;

/** What every provider's Terraform module puts out: the contract of `terraform/README.md`. */
export const ProviderOutputs = z
  .strictObject({ topology: Topology, hosts: z.record(Role, CloudHost) })
  .superRefine(({ topology, hosts }, context) => {
    const roles = Object.keys(hosts);
    const wanted =
      topology === 'single'
        ? roles.length === 1 && roles[0] === 'all'
        : roles.includes('gateway') && roles.includes('upstream') && roles.includes('load-1') && !roles.includes('all');
    if (!wanted) {
      context.addIssue({
        code: 'custom',
        path: ['hosts'],
        message:
          topology === 'single'
            ? `topology single has the role all and no other, here: ${roles.join(', ')}`
            : `topology split has the roles gateway, upstream and load-1 to load-N, here: ${roles.join(', ')}`,
      });
    }
  });
export type ProviderOutputs = z.infer<typeof ProviderOutputs>;

/** List prices, to estimate from. */
export const PriceList = z.strictObject({
  currency: z.string(),
  /** When the prices were looked up. */
  asOf: z.string(),
  source: z.string(),
  defaultMachineType: z.string(),
  /** Machine type to price per hour, on demand. */
  machines: z.record(z.string(), z.number().positive()),
  /** A Spot machine's price as a share of the one on demand, at most. */
  spotFactor: z.number().positive().max(1),
  diskPerGbHour: z.number().nonnegative(),
  defaultDiskGb: z.number().positive(),
  /** A public address. */
  addressPerHour: z.number().nonnegative(),
});
export type PriceList = z.infer<typeof PriceList>;

/** Variables of a Terraform module that gatebench sets itself, where the module has them. */
export const ProviderInput = z.enum(['name', 'topology', 'load_count', 'allowed_cidr', 'ssh_public_key']);
export type ProviderInput = z.infer<typeof ProviderInput>;

/** `terraform/<provider>/provider.yaml`: what the command line has to know of a provider. */
export const CloudProvider = z.strictObject({
  schemaVersion: z.literal(1),
  name: z.string(),
  title: z.string(),
  inputs: z.array(ProviderInput),
  /** Variables that only the user knows, and how to give them. */
  requires: z.array(z.strictObject({ variable: z.string(), hint: z.string() })),
  /** Whether the machines are made and removed: fresh ones get their toolchain, and nothing is left of them. */
  ownsHosts: z.boolean(),
  /** Null where machines cost nothing that we know of. */
  prices: PriceList.nullable(),
});
export type CloudProvider = z.infer<typeof CloudProvider>;

/** Names of environments end up in names of machines, folders and files. */
export const EnvironmentName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/, 'at most 30 lower-case letters, digits and hyphens, a letter first');

/** `.cloud/<name>/state.json`: an environment as it is now. */
export const CloudState = z.strictObject({
  schemaVersion: z.literal(1),
  name: EnvironmentName,
  provider: z.string(),
  createdAt: z.string(),
  /** Null until `apply` has succeeded. */
  outputs: ProviderOutputs.nullable(),
  /** A private key of the user's own; null where one was made for this environment, or ssh knows its own. */
  identityFile: z.string().nullable(),
  /** Whether `.cloud/<name>/id_ed25519` is the key. */
  ownKey: z.boolean(),
  /** Whether the machines go with the environment. */
  ownsHosts: z.boolean(),
  /** Do everything as root, through sudo where the user is another: system packages, and perf of other users' processes. */
  asRoot: z.boolean(),
  /** The folder on the hosts, relative to the user's home unless absolute. */
  remoteDir: z.string(),
  /** Of topology split: the public key by which the gateway's machine reaches the others; null before it has one. */
  benchKey: z.string().nullable().default(null),
  /** True from the moment a run is started until all of its results have been fetched. */
  unfetched: z.boolean(),
});
export type CloudState = z.infer<typeof CloudState>;
