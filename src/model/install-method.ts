import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in lower-case hex');
const PlatformKey = z.string().regex(/^(linux|darwin)-(amd64|arm64)$/, 'a platform such as linux-amd64');

/** A release file. `{version}`, `{os}` and `{arch}` in the URL are filled in. */
const Download = z.strictObject({
  method: z.literal('download'),
  url: z.url(),
  /** One checksum per platform; without one, this method is unavailable on that platform. */
  sha256: z.record(PlatformKey, Sha256),
  /** `tar.gz` is unpacked, `none` is the program itself. */
  archive: z.enum(['tar.gz', 'none']).default('none'),
  /** The program's path inside the archive, or the name to give the file. */
  program: z.string(),
});

/** A Go module, built locally. Go verifies it and its dependencies against the checksum database. */
const GoModule = z.strictObject({
  method: z.literal('go'),
  module: z.string(),
  /** The package to build, below the module. */
  package: z.string(),
  /** As Go writes it, `v1.2.3`. */
  version: z.string().startsWith('v'),
  /** `h1:` sum of the module zip, checked before the build if given. */
  sum: z.string().startsWith('h1:').optional(),
  cgo: z.boolean().default(false),
  ldflags: z.string().default(''),
  /** Files that the build needs but the published module lacks: path in the module to file in the manifest's folder. */
  overlay: z.record(z.string(), z.string()).default({}),
});

/** A program of a crate from crates.io, built locally with the dependencies of the Cargo.lock that the crate contains. */
const Cargo = z.strictObject({
  method: z.literal('cargo'),
  crate: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'the name of a crate'),
  /** Exact. */
  version: z.string().regex(/^\d+\.\d+\.\d+[-+.\w]*$/, 'a version such as 1.2.3'),
  /** Of the .crate file, as the index has it; compared before anything is built. */
  sha256: Sha256.optional(),
  /** Instead of the default features where `defaultFeatures` is false, else beside them. */
  features: z.array(z.string()).optional(),
  defaultFeatures: z.boolean().optional(),
  /** `rustc` flags, such as `-C force-frame-pointers=yes`. */
  rustflags: z.string().optional(),
  /** The program's name, where it isn't the crate's. */
  program: z.string().optional(),
});

/** `npm ci` of the package.json and package-lock.json in this folder beside the manifest. */
const Npm = z.strictObject({
  method: z.literal('npm'),
  project: z.string(),
  /**
   * Packages whose install scripts are run, since they don't work without them; no other script is. A package of the
   * lock file, by its name.
   */
  scripts: z.array(z.string().min(1)).optional(),
  /** Below node_modules. */
  program: z.string(),
});

/** A virtual environment filled with `pip install --require-hashes`. */
const Pip = z.strictObject({
  method: z.literal('pip'),
  /** Lock file with hashes, beside the manifest. */
  lock: z.string(),
  /** Interpreter versions that the lock file is for. */
  python: z.array(z.string().regex(/^3\.\d+$/)).min(1),
  /** Below the environment, such as `bin/litellm`. */
  program: z.string(),
});

/** A Debian package from the system's own archive, unpacked into the install folder; nothing is configured or started. */
const DebUnpack = z.strictObject({
  method: z.literal('deb-unpack'),
  packages: z.array(z.string()).min(1),
  program: z.string(),
});

/** A package from an apt repository of its own, installed system-wide; needs root. */
const Apt = z.strictObject({
  method: z.literal('apt'),
  /** `package=version`. */
  packages: z.array(z.string().regex(/^[^=]+=[^=]+$/, 'package=version')).min(1),
  /** Of the first package's file, by `codename-architecture`, if known; checked before it is installed. */
  sha256: z.record(z.string(), Sha256).default({}),
  repository: z.strictObject({
    name: z.string(),
    /** `{id}` is the distribution's id, such as debian, and `{codename}` its codename, such as bookworm. */
    uri: z.string(),
    suite: z.string(),
    components: z.array(z.string()).min(1),
    keyUrl: z.url(),
    /** Of the key file as served, if known. */
    keySha256: Sha256.optional(),
    /** The signing key's fingerprint, if known. */
    keyFingerprint: z.string().optional(),
    architectures: z.array(z.string()).min(1),
    codenames: z.array(z.string()).min(1),
  }),
  program: z.string(),
});

/** A program already on this machine, named by an environment variable; it must have the manifest's version. */
const Existing = z.strictObject({
  method: z.literal('existing'),
  variable: z.string().regex(/^GATEBENCH_[A-Z0-9_]+$/),
});

/** One way to install a gateway. A manifest lists several; the first that succeeds is used. */
export const InstallMethod = z.discriminatedUnion('method', [
  Download,
  GoModule,
  Cargo,
  Npm,
  Pip,
  DebUnpack,
  Apt,
  Existing,
]);
export type InstallMethod = z.infer<typeof InstallMethod>;
export type InstallMethodOf<W extends InstallMethod['method']> = Extract<InstallMethod, { method: W }>;

/** What was installed of a service, see src/model/service.ts. */
export const ServiceReceipt = z.strictObject({
  /** Absolute path of the program. */
  entry: z.string(),
  /** As its version command says. */
  version: z.string(),
  method: z.string(),
  pinnedBy: z.string(),
});
export type ServiceReceipt = z.infer<typeof ServiceReceipt>;

/** `.gateways/<name>/<version>/install.json`: written last, so an install with a receipt is complete. */
export const InstallReceipt = z.strictObject({
  schemaVersion: z.literal(2),
  gateway: z.string(),
  /** The version that the manifest asks for. */
  version: z.string(),
  /** The version that the gateway or its lock reports. */
  reportedVersion: z.string(),
  /** Where the reported version comes from: "ferrogw version", "node_modules/.../package.json". */
  reportedBy: z.string(),
  method: z.string(),
  /** What pins it: "sha256 …", "go.sum h1:…", "package-lock.json sha512", "--require-hashes", "apt signature". */
  pinnedBy: z.string(),
  /** Absolute path of the program, `{entry}` in the manifest. */
  entry: z.string(),
  installedAt: z.string(),
  seconds: z.number(),
  /** The programs that run beside it, by name; older receipts have none. */
  services: z.record(z.string(), ServiceReceipt).default({}),
  /** Hash of the manifest's install section and of the files it names; if it differs, setup installs again. */
  recipeSha256: z.string(),
});
export type InstallReceipt = z.infer<typeof InstallReceipt>;

/** `.gateways/<name>/<version>/failed.json`: why the last install failed, shown by doctor. */
export const InstallFailure = z.strictObject({
  failedAt: z.string(),
  failures: z.array(z.strictObject({ method: z.string(), reason: z.string(), hint: z.string().optional() })),
  hint: z.string(),
  /** As in the receipt: of another recipe, it says nothing about what is asked for now. Older ones have none. */
  recipeSha256: z.string().optional(),
});
export type InstallFailure = z.infer<typeof InstallFailure>;
