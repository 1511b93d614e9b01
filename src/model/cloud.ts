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

/** Text with `{attribute}` of a resource, or `{variable}` of the module, in it. */
const Template = z.string().regex(/^[^\n{}]*(\{[a-z_]+\}[^\n{}]*)*$/, 'text with {attribute} in it');

/** How resources of one type are found and removed where Terraform has lost track of them. */
const ProviderResource = z.strictObject({
  type: z.string(),
  /** What `terraform import` calls one; null where it can't tell whether there is one. */
  importId: Template.nullable().default(null),
  /** The command that removes one. */
  removal: Template,
});

/** The variable with the whole hours after which a machine removes itself. */
const RunLimit = z.strictObject({
  variable: z.string(),
  defaultHours: z.number().int().positive(),
  maxHours: z.number().int().positive(),
});

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
  /**
   * Whether the machines publish their ssh host keys to the provider, some time after they start: `hostKey` of the
   * outputs is null until then.
   */
  publishesHostKeys: z.boolean().default(false),
  runLimit: RunLimit.nullable().default(null),
  /** In the order in which they can be removed. */
  resources: z.array(ProviderResource).default([]),
  /** Null where machines cost nothing that we know of. */
  prices: PriceList.nullable(),
});
export type CloudProvider = z.infer<typeof CloudProvider>;

/** Names of environments end up in names of machines, folders and files. */
export const EnvironmentName = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/, 'at most 30 lower-case letters, digits and hyphens, a letter first');

/** A resource that an environment has, or may have: as it was planned. */
export const CloudResource = z.strictObject({
  /** In the module: `google_compute_instance.machine["all"]`. */
  address: z.string(),
  name: z.string(),
  /** Null where the provider has none for its type. */
  importId: z.string().nullable(),
  removal: z.string().nullable(),
});
export type CloudResource = z.infer<typeof CloudResource>;

/** How far an environment has come. */
export const CloudStep = z.enum([
  /** Nothing has been made. */
  'new',
  /** Terraform was told to make the machines, and it isn't known that it has: some may exist. */
  'applying',
  /** The machines exist; not all have been reached and prepared. */
  'applied',
  'up',
  /** Terraform was told to remove the machines, and it isn't known that it has. */
  'removing',
]);
export type CloudStep = z.infer<typeof CloudStep>;

/** What an environment is made of, as far as the user said; what is left out has its default. */
export const CloudSettings = z.strictObject({
  /** Of the provider's module. */
  variables: z.record(z.string(), z.unknown()).default({}),
  topology: Topology.optional(),
  loadCount: z.number().int().min(1).optional(),
  allowFrom: z.string().optional(),
  prepareHosts: z.boolean().optional(),
  acceptHostKeys: z.boolean().optional(),
  sshTimeoutS: z.number().nonnegative().optional(),
});
export type CloudSettings = z.infer<typeof CloudSettings>;

/** `.cloud/<name>/state.json`: an environment as it is now. */
export const CloudState = z.strictObject({
  schemaVersion: z.literal(2),
  name: EnvironmentName,
  provider: z.string(),
  createdAt: z.string(),
  step: CloudStep,
  settings: CloudSettings,
  /** What was planned last, in the order in which it can be removed. */
  resources: z.array(CloudResource),
  /** When the machines remove themselves; null where they don't, or aren't made yet. */
  endsAt: z.string().nullable(),
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
